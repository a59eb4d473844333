"""Production: refuses to start with demo data, a stand-in for the card company or a missing secret."""

from django.core.exceptions import ImproperlyConfigured

from diversion.settings import env
from diversion.settings.base import *  # noqa: F403

if env.DEMO:
    raise ImproperlyConfigured("DIVERSION_DEMO must not be set in production: it lets anyone sign in as anyone.")
if env.STRIPE_API_BASE:
    raise ImproperlyConfigured("STRIPE_API_BASE must not be set in production: card payments would go to a stand-in.")
for _name, _value in {
    "DIVERSION_SECRET_KEY": env.SECRET_KEY,
    "DATABASE_URL": env.DATABASE_URL,
    "DATABASE_OWNER_URL": env.DATABASE_OWNER_URL,
    "REDIS_URL": env.REDIS_URL,
    "DIVERSION_FIELD_KEYS": env.field_keys(),
    "DIVERSION_INDEX_KEY": env.index_key(),
    "DIVERSION_ALLOWED_HOSTS": env.ALLOWED_HOSTS,
    "DIVERSION_EMAIL_HOST": env.EMAIL_HOST,
    "STRIPE_SECRET_KEY": env.STRIPE_SECRET_KEY,
    "STRIPE_WEBHOOK_SECRET": env.STRIPE_WEBHOOK_SECRET,
}.items():
    if not _value:
        raise ImproperlyConfigured(f"{_name} must be set in production; .env.example says how.")
if not env.SITE_URL.startswith("https://"):
    raise ImproperlyConfigured("DIVERSION_SITE_URL must begin with https:// in production; links and cookies need it.")

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_TRUSTED_ORIGINS = [env.SITE_URL]
LANGUAGE_COOKIE_SECURE = True
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
MESSAGE_CHANNELS = {
    "email": "diversion.notifications.channels.email.EmailChannel",
    "sms": "diversion.notifications.channels.notify.NotifySmsChannel",
}

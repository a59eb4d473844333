"""Settings every deployment shares. What differs lives in development, test and production."""

from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from diversion.core.logging import logging_settings
from diversion.settings import env

BASE_DIR = env.BASE_DIR
SECRET_KEY = env.SECRET_KEY
DEBUG = False
ALLOWED_HOSTS = env.ALLOWED_HOSTS
ROOT_URLCONF = "diversion.urls"
WSGI_APPLICATION = "diversion.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "diversion.core",
    "diversion.audit",
    "diversion.accounts",
    "diversion.notifications",
    "diversion.referrals",
    "courses",
    "payments",
    "diversion.compliance",
    "diversion.partners",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "csp",
    "pghistory",
    "pgtrigger",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "diversion.core.middleware.RequestLogMiddleware",
    "diversion.core.middleware.SeeOtherMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "diversion.accounts.middleware.SessionLimitsMiddleware",
    "diversion.referrals.middleware.AssistanceMiddleware",
    "diversion.accounts.middleware.GuardMiddleware",
    "diversion.core.middleware.PrivatePagesMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "diversion.accounts.context.page_frame",
            ],
        },
    }
]

# Two roles: `default` is the application, which owns nothing; `owner` is for migrations alone.
# Where one URL serves both, the application drops to its role as each connection opens.
_options: dict[str, Any] = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
_owner = dj_database_url.parse(env.DATABASE_OWNER_URL or env.DATABASE_URL or "postgres:///diversion")
_default = dj_database_url.parse(env.DATABASE_URL or "postgres:///diversion")
if not env.DATABASE_OWNER_URL:
    _default.setdefault("OPTIONS", {})["assume_role"] = "diversion_app"
DATABASES: dict[str, Any] = {"default": {**_default, **_options}, "owner": {**_owner, "CONN_MAX_AGE": 0}}
DATABASE_APPLICATION_ROLE = "diversion_app"
DATABASE_ROUTERS: list[str] = []

# Without Redis pages still answer; only what must not be guessed at, counted in "strict", is refused (docs/architecture.md).
_redis: dict[str, Any] = {
    "LOCATION": env.REDIS_URL or "redis://127.0.0.1:6379/0",
    "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
}
CACHES: dict[str, Any] = {
    "default": {"BACKEND": "diversion.core.cache.LenientRedisCache", **_redis},
    "strict": {"BACKEND": "django.core.cache.backends.redis.RedisCache", **_redis},
}
SESSION_ENGINE = "diversion.core.sessions"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 60 * 60
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home-go"
PASSWORD_RESET_TIMEOUT = 60 * 60
ACCOUNT_ADAPTER = "diversion.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "home-show"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = env.TRUSTED_PROXIES
MFA_ADAPTER = "diversion.accounts.adapter.SecondFactorAdapter"
# The invitation that made the account was itself sent to the address.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {"add_webauthn": "diversion.accounts.forms.KeyForm"}
MFA_TOTP_TOLERANCE = 1
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Diversion"
USERSESSIONS_TRACK_ACTIVITY = False

# History rows are facts: the trigger that writes them is the only thing that may.
PGHISTORY_APPEND_ONLY = True

FIELD_KEYS = env.field_keys()
INDEX_KEY = env.index_key()

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English")), ("cy", _("Cymraeg"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
TIME_ZONE = "Europe/London"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "diversion" / "static"]
CRISPY_ALLOWED_TEMPLATE_PACKS = "govuk"
CRISPY_TEMPLATE_PACK = "govuk"
CRISPY_FAIL_SILENTLY = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        # Browsers apply form-action to the redirect that follows a form: the pay button leads to the card company's page.
        "form-action": [SELF, env.STRIPE_API_BASE or "https://checkout.stripe.com"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
# Not "no-referrer": browsers then send `Origin: null` with every form, and the CSRF check refuses them all.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The only uploads are files of referrals; what is larger is dropped as it arrives, and the page says so.
FILE_UPLOAD_HANDLERS = [
    "diversion.core.uploads.QuotaUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Celery only wakes; the database holds the work (docs/architecture.md).
CELERY_BROKER_URL = env.REDIS_URL or "redis://127.0.0.1:6379/0"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 100
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "diversion.tick", "schedule": 60.0, "options": {"expires": 55}},
}

DEMO = env.DEMO
SITE_URL = env.SITE_URL
HELP_PHONE = env.HELP_PHONE
HELP_EMAIL = env.HELP_EMAIL
SERVICE_NAME = "Diversion"
DEFAULT_FROM_EMAIL = env.EMAIL_FROM
EMAIL_HOST = env.EMAIL_HOST
EMAIL_PORT = env.EMAIL_PORT
EMAIL_HOST_USER = env.EMAIL_USER
EMAIL_HOST_PASSWORD = env.EMAIL_PASSWORD
EMAIL_USE_TLS = True
EMAIL_TIMEOUT = 10
MESSAGE_FOLDER = env.MESSAGE_FOLDER
MESSAGE_CHANNELS = {
    "email": "diversion.notifications.channels.file.FileChannel",
    "sms": "diversion.notifications.channels.file.FileChannel",
}
NOTIFY_API_KEY = env.NOTIFY_API_KEY
NOTIFY_SMS_TEMPLATE = env.NOTIFY_SMS_TEMPLATE
STRIPE_SECRET_KEY = env.STRIPE_SECRET_KEY
STRIPE_API_BASE = env.STRIPE_API_BASE
STRIPE_WEBHOOK_SECRET = env.STRIPE_WEBHOOK_SECRET
# The address is unique without regard to case, by a constraint that the check does not know.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]

LOGGING = logging_settings(level=env.LOG_LEVEL, as_json=True)

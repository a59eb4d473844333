"""The sole reader of the process environment. Every value is typed, named once and explained in `.env.example`."""

import base64
import binascii
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import Env

env = Env()

BASE_DIR = Path(__file__).resolve().parents[2]

SECRET_KEY = env.str("DIVERSION_SECRET_KEY", "")
DATABASE_URL = env.str("DATABASE_URL", "")
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", "")
REDIS_URL = env.str("REDIS_URL", "")
DEMO = env.bool("DIVERSION_DEMO", False)
SITE_URL = env.str("DIVERSION_SITE_URL", "http://127.0.0.1:" + env.str("PORT", "8000"))
ALLOWED_HOSTS: list[str] = env.list("DIVERSION_ALLOWED_HOSTS", [])
TRUSTED_PROXIES = env.int("DIVERSION_TRUSTED_PROXIES", 0)
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", "")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", "")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", "")
EMAIL_HOST = env.str("DIVERSION_EMAIL_HOST", "")
EMAIL_PORT = env.int("DIVERSION_EMAIL_PORT", 587)
EMAIL_USER = env.str("DIVERSION_EMAIL_USER", "")
EMAIL_PASSWORD = env.str("DIVERSION_EMAIL_PASSWORD", "")
EMAIL_FROM = env.str("DIVERSION_EMAIL_FROM", "Bookings <bookings@example.org>")
NOTIFY_API_KEY = env.str("NOTIFY_API_KEY", "")
NOTIFY_SMS_TEMPLATE = env.str("NOTIFY_SMS_TEMPLATE", "")
MESSAGE_FOLDER = env.path("DIVERSION_MESSAGE_FOLDER", BASE_DIR / ".local" / "messages")
HELP_PHONE = env.str("DIVERSION_HELP_PHONE", "0800 000 0000")
HELP_EMAIL = env.str("DIVERSION_HELP_EMAIL", "help@example.org")
LOG_LEVEL = env.str("DIVERSION_LOG_LEVEL", "INFO")


def _key(text: str, name: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ImproperlyConfigured(f"{name} must be 32 bytes in base64.") from error
    if len(key) != 32:
        raise ImproperlyConfigured(f"{name} must be 32 bytes in base64.")
    return key


def field_keys() -> dict[str, bytes]:
    """The key ring for personal fields, `id:base64` pairs split by commas; the first encrypts, all decrypt."""
    ring: dict[str, bytes] = {}
    pairs: list[str] = env.list("DIVERSION_FIELD_KEYS", [])
    for pair in pairs:
        key_id, _, text = pair.partition(":")
        ring[key_id] = _key(text, "DIVERSION_FIELD_KEYS")
    return ring


def index_key() -> bytes | None:
    """The key of the blind indexes: it is separate from the ring, because rotating it means re-indexing every row."""
    text = env.str("DIVERSION_INDEX_KEY", "")
    return _key(text, "DIVERSION_INDEX_KEY") if text else None

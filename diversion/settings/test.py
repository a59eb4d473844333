"""The tests: as development, with throw-away keys and quick password hashing."""

import base64

from diversion.settings.development import *  # noqa: F403

SECRET_KEY = "tests-only"  # noqa: S105
DEMO = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
FIELD_KEYS = {"t1": base64.b64decode(b"dGVzdHMtb25seS1maWVsZC1rZXktMzItYnl0ZXMhISE=")}
INDEX_KEY = base64.b64decode(b"dGVzdHMtb25seS1pbmRleC1rZXktMzItYnl0ZXMhISE=")
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STRIPE_SECRET_KEY = "sk_test_standin"  # noqa: S105
STRIPE_WEBHOOK_SECRET = "whsec_tests_only"  # noqa: S105
SITE_URL = "http://testserver"
MESSAGE_CHANNELS = {
    "email": "diversion.notifications.channels.file.FileChannel",
    "sms": "diversion.notifications.channels.file.FileChannel",
}
# A fresh clone has collected no static files yet: look them up as they are asked for.
WHITENOISE_AUTOREFRESH = True

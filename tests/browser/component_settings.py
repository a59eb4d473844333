"""The test settings with another table of contents: pages of bare components, no guard, nothing that asks the database."""

import os
from pathlib import Path

from diversion.settings.test import *  # noqa: F403
from diversion.settings.test import MIDDLEWARE, TEMPLATES

ROOT_URLCONF = "tests.browser.component_urls"
TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")
DEBUG_PROPAGATE_EXCEPTIONS = False
WITHOUT = {"diversion.accounts.middleware.GuardMiddleware", "allauth.usersessions.middleware.UserSessionsMiddleware"}
MIDDLEWARE = [name for name in MIDDLEWARE if name not in WITHOUT]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
CACHES = {name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"} for name in ("default", "strict")}
ALLOWED_HOSTS = ["*"]
DEBUG = False

# As in production: hashed names, compressed, so that a url() which leads nowhere stops the collecting.
STATIC_ROOT = os.environ.get("COMPONENT_STATIC", "")
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}

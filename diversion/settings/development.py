"""The demo and a developer's machine: embedded servers, messages written to files, try-it-as sign-in."""

from diversion.settings.base import *  # noqa: F403
from diversion.settings.base import INSTALLED_APPS, SECRET_KEY

DEBUG = False
SECRET_KEY = SECRET_KEY or "only-for-commands-that-touch-no-data"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
INSTALLED_APPS = [*INSTALLED_APPS, "diversion.demo"]
SESSION_COOKIE_NAME = "session"
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True

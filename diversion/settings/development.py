"""The demo and a developer's machine: embedded servers, messages written to files, try-it-as sign-in."""

from diversion.core.logging import logging_settings
from diversion.settings import env
from diversion.settings.base import *  # noqa: F403
from diversion.settings.base import INSTALLED_APPS, SECRET_KEY, TEMPLATES

DEBUG = False
SECRET_KEY = SECRET_KEY or "only-for-commands-that-touch-no-data"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
INSTALLED_APPS = [*INSTALLED_APPS, "diversion.demo"]
TEMPLATES[0]["OPTIONS"]["context_processors"].append("diversion.demo.context.personas")
SESSION_COOKIE_NAME = "session"
LOGGING = logging_settings(level=env.LOG_LEVEL, as_json=False)
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
MESSAGE_CHANNELS = {
    "email": "diversion.notifications.channels.console.ConsoleChannel",
    "sms": "diversion.notifications.channels.console.ConsoleChannel",
}

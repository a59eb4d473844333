"""As the tests', on a database of their own, quiet, and with the floors' two pages."""

from diversion.core.logging import logging_settings
from diversion.settings.test import *  # noqa: F403
from diversion.settings.test import BASE_DIR, DATABASES, TEMPLATES

DATABASES["owner"]["TEST"] = {"NAME": "bench_diversion"}
ROOT_URLCONF = "bench.floors"
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], BASE_DIR / "bench" / "templates"]
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
LOGGING = logging_settings(level="WARNING", as_json=True)
MESSAGE_CHANNELS = dict.fromkeys(["email", "sms"], "bench.outbox.NullChannel")

"""The Celery application. It carries wake-ups only; what is to be done stands in the database."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings.production")
app = Celery("diversion")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Celery would set up its own handlers; ours, which leave personal data out, are already there."""

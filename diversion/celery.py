"""The Celery application. It carries wake-ups only; what is to be done stands in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings.production")
app = Celery("diversion")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

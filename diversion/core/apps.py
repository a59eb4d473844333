from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "diversion.core"
    label = "core"

    def ready(self) -> None:
        """Web processes wake the worker through the same Celery application that the worker runs."""
        from diversion import celery  # noqa: F401

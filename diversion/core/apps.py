from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "diversion.core"
    label = "core"

    def ready(self) -> None:
        """Web processes wake the worker through the same Celery application that the worker runs; faults are logged our way."""
        from django.core.signals import got_request_exception

        from diversion import celery  # noqa: F401
        from diversion.core.logging import configure_structlog, report_fault

        configure_structlog()
        got_request_exception.connect(report_fault)

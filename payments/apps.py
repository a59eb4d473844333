from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    label = "payments"

    def ready(self) -> None:
        from payments import messages, tasks  # noqa: F401 - registers the messages and the minute's jobs

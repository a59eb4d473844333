from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "diversion.notifications"
    label = "notifications"

    def ready(self) -> None:
        """Know our kinds of message."""
        from diversion.notifications import messages  # noqa: F401

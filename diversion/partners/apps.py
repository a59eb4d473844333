from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "diversion.partners"
    label = "partners"

    def ready(self) -> None:
        """Make the minute's job known by its name."""
        from diversion.partners import tasks  # noqa: F401

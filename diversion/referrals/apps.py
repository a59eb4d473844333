from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "diversion.referrals"
    label = "referrals"

    def ready(self) -> None:
        """Make the message kinds and the minute's jobs known by their names."""
        from diversion.referrals import messages, messages_offer, tasks  # noqa: F401

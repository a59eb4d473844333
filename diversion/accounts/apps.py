from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "diversion.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Follow what Django and the sign-in library announce."""
        from allauth.mfa.models import Authenticator
        from allauth.mfa.signals import authenticator_added
        from django.contrib.auth.signals import user_logged_in
        from django.db.models.signals import post_delete

        from diversion.accounts import second_factor, sessions

        user_logged_in.connect(sessions.note_sign_in)
        authenticator_added.connect(second_factor.remember_enrolment)
        post_delete.connect(second_factor.forget_secret, sender=Authenticator)

"""The sign-in library's pages that we use, each with its guard. What is not listed here, sign-up above all, does not exist."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as usersessions
from django.urls import path, re_path

from diversion.accounts.guards import asks_again, enrolment, public, staff, staff_door

_way_in = staff_door("the way in for staff")
_forgotten = staff_door("for staff who forgot their password; says the same whoever asks")

urlpatterns = [
    path("login/", _way_in(account.login), name="account_login"),
    path("logout/", public("anybody may leave")(account.logout), name="account_logout"),
    path("inactive/", staff_door("says that access has ended")(account.account_inactive), name="account_inactive"),
    path("reauthenticate/", asks_again(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", staff(account.password_change), name="account_change_password"),
    path("password/set/", staff(account.password_set), name="account_set_password"),
    path("password/reset/", _forgotten(account.password_reset), name="account_reset_password"),
    path("password/reset/done/", _forgotten(account.password_reset_done), name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        _forgotten(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    re_path(  # a key may hold dashes, an id never does
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        _forgotten(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("2fa/", enrolment(mfa.index), name="mfa_index"),
    path("2fa/authenticate/", staff_door("the second step of signing in")(mfa.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", asks_again(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", enrolment(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", staff(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", staff(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", staff(recovery.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", staff(recovery.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("2fa/webauthn/", enrolment(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", enrolment(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("2fa/webauthn/reauthenticate/", asks_again(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", staff(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", staff(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("2fa/webauthn/login/", _way_in(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("sessions/", staff(usersessions.list_usersessions), name="usersessions_list"),
]

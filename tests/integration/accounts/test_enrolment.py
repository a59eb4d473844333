"""Setting up an authenticator app, with real commits, and what a dump would hold of it."""

import json

from django.db import connection
from django.test import Client

from tests.factories.people import make_user
from tests.integration.accounts.doors import code_of, forget_used_codes, type_password


def test_setting_up_an_app_opens_the_door_and_seals_its_secret(committed_db, client):
    user = make_user()
    type_password(client, user)
    secret = client.get("/account/2fa/totp/activate/").context["form"].secret
    session_rows = _everything("django_session")
    assert client.post("/account/2fa/totp/activate/", {"code": code_of(secret)}).status_code == 303
    assert client.get("/account/sessions/").status_code == 200
    codes = client.get("/account/2fa/recovery-codes/").context["unused_codes"]
    assert len(codes) == 10
    kept = " ".join([session_rows, _everything("mfa_authenticator"), _everything("accounts_secondfactorsecret")])
    assert secret not in kept
    assert not any(code in kept for code in codes)
    forget_used_codes()
    other = Client()
    type_password(other, user)
    assert other.post("/account/2fa/authenticate/", {"code": code_of(secret)}).status_code == 303
    assert other.get("/account/sessions/").status_code == 200


def _everything(table):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        return " ".join(
            value.tobytes().decode("latin1") if isinstance(value, memoryview) else json.dumps(value, default=str)
            for row in cursor.fetchall()
            for value in row
        )

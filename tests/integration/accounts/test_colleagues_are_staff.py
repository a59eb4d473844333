"""The list of colleagues holds staff only: an agency's participants belong to it too, and must not show."""

import pytest
from django.test import Client

from diversion.accounts.enums import Role
from tests.factories import make_user
from tests.integration.signed_in import sign_in


@pytest.mark.django_db
def test_participants_are_not_among_the_colleagues_and_cannot_be_ended_there(client: Client) -> None:
    supervisor = make_user(Role.SUPERVISOR)
    agency = supervisor.membership.organisation  # type: ignore[union-attr]
    make_user(Role.ANALYST, agency, name="Ana Colleague")
    participant = make_user(Role.PARTICIPANT, agency, email="participant@example.org")
    page = sign_in(client, supervisor).get("/staff/invitations/").content.decode()
    assert "Ana Colleague" in page
    assert "participant@example.org" not in page
    ended = client.post(f"/staff/colleagues/{participant.membership.public_id}/end/")  # type: ignore[union-attr]
    assert ended.status_code == 404

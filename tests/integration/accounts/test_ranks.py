"""How senior somebody is: asked with the invitation, carried to the membership, changed by a colleague."""

import pytest
from django.test import Client

from diversion.accounts.enums import Rank, Role
from diversion.accounts.models import Invitation, Membership, User
from diversion.accounts.policies import RankIsOfAgencies
from diversion.accounts.services.invitations import accept_invitation, invite_colleague
from diversion.accounts.services.memberships import AccessHasEnded, RankIsYourOwn, change_rank, end_membership
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.core.actor import Actor
from tests.factories import make_provider, make_user
from tests.integration.signed_in import sign_in

BY = Actor.system("test")


@pytest.fixture
def boss(db: None) -> User:
    return make_user(Role.SUPERVISOR)


@pytest.fixture
def sergeant(boss: User) -> User:
    return make_user(Role.SUPERVISOR, boss.membership.organisation, rank=Rank.SERGEANT, name="Sara Geant")


def rank_page(user: User) -> str:
    return f"/staff/colleagues/{user.membership.public_id}/rank/"


def test_the_invitation_asks_for_the_rank_and_the_membership_has_it(boss: User, client: Client) -> None:
    page = sign_in(client, boss).get("/staff/invitations/new/").content.decode()
    assert 'id="id_rank_0" value="0" checked' in page
    typed = {"name": "Ann Other", "email": "ann@example.org", "role": "supervisor"}
    assert client.post("/staff/invitations/new/", {**typed, "rank": "9"}).status_code == 422
    assert client.post("/staff/invitations/new/", {**typed, "rank": Rank.INSPECTOR}).status_code == 303
    assert "Inspector or equivalent" in client.get("/staff/invitations/").content.decode()
    token = Invitation.objects.get().token_sealed
    user = accept_invitation(token=token, name="Ann Other", password="three random words", at=clock.now())
    assert (user.role, user.membership.rank) == (Role.SUPERVISOR, Rank.INSPECTOR)
    assert AuditEvent.objects.get(action="membership.begun").data["rank"] == Rank.INSPECTOR


def test_nothing_chosen_is_no_rank(boss: User, client: Client) -> None:
    typed = {"name": "Ann Other", "email": "ann@example.org", "role": "analyst"}
    assert sign_in(client, boss).post("/staff/invitations/new/", typed).status_code == 303
    assert Invitation.objects.get().rank == Rank.NONE


def test_a_provider_has_no_ranks(client: Client, db: None) -> None:
    provider = make_provider()
    admin = make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation)
    trainer = make_user(Role.TRAINER, provider.organisation)
    sign_in(client, admin)
    assert "rank" not in client.get("/staff/invitations/new/").content.decode()
    assert "Change rank" not in client.get("/staff/invitations/").content.decode()
    assert client.get(rank_page(trainer)).status_code == client.post(rank_page(trainer), {"rank": 2}).status_code == 404
    with pytest.raises(RankIsOfAgencies):
        change_rank(membership=trainer.membership, rank=Rank.SERGEANT, by=BY, at=clock.now())
    with pytest.raises(RankIsOfAgencies):
        invite_colleague(
            organisation=provider.organisation, email="t@example.org", name="T", role=Role.TRAINER, rank=Rank.SERGEANT,
            by=BY, at=clock.now(),
        )  # fmt: skip


def test_a_colleague_changes_it_and_the_trail_has_both(boss: User, sergeant: User, client: Client) -> None:
    page = sign_in(client, boss).get("/staff/invitations/").content.decode()
    assert page.count("Change rank") == 1
    assert "Sergeant or equivalent" in page
    assert client.post(rank_page(sergeant), {"rank": Rank.INSPECTOR}).status_code == 303
    assert client.post(rank_page(sergeant), {"rank": Rank.INSPECTOR}).status_code == 303
    membership = Membership.objects.get(user=sergeant)
    assert membership.rank == Rank.INSPECTOR
    event = AuditEvent.objects.get(action="membership.rank-changed")
    assert (event.subject_id, event.actor_id) == (membership.pk, boss.pk)
    assert (event.data["old"], event.data["new"]) == (Rank.SERGEANT, Rank.INSPECTOR)


def test_nobody_changes_their_own(sergeant: User, client: Client) -> None:
    answer = sign_in(client, sergeant).post(rank_page(sergeant), {"rank": Rank.SUPERINTENDENT})
    assert answer.status_code == 422
    assert "You cannot change your own rank" in answer.content.decode()
    with pytest.raises(RankIsYourOwn):
        change_rank(membership=sergeant.membership, rank=5, by=sergeant.as_actor(), at=clock.now())
    assert Membership.objects.get(user=sergeant).rank == Rank.SERGEANT


def test_who_left_gets_no_rank(boss: User, sergeant: User) -> None:
    end_membership(membership=sergeant.membership, by=boss.as_actor(), at=clock.now())
    with pytest.raises(AccessHasEnded):
        change_rank(membership=sergeant.membership, rank=5, by=boss.as_actor(), at=clock.now())


def test_another_agencys_colleague_is_not_there(sergeant: User, client: Client) -> None:
    stranger = sign_in(client, make_user(Role.SUPERVISOR))
    assert stranger.post(rank_page(sergeant), {"rank": Rank.NONE}).status_code == 404
    assert Membership.objects.get(user=sergeant).rank == Rank.SERGEANT

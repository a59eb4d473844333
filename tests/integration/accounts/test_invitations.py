"""Invitations: one address, role and organisation; 48 hours; one use; the link only in the message."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from diversion.accounts.enums import OrganisationKind, Role
from diversion.accounts.models import Invitation, Membership, Organisation, User
from diversion.accounts.roles import EMPLOYS
from diversion.accounts.services.invitations import (
    AlreadyAColleague,
    InvitationIsOver,
    RoleIsNotOfThisOrganisation,
    accept_invitation,
    find_invitation,
    invite_colleague,
)
from diversion.accounts.services.memberships import end_membership
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.notifications.models import OutboxMessage
from diversion.notifications.services.pump import pump
from tests.factories.people import make_agency, make_organisation, make_user
from tests.integration.accounts.doors import body
from tests.integration.signed_in import sign_in

WORDS = "three random words"


@pytest.fixture
def boss(db):
    return make_user(Role.SUPERVISOR)


def invite(boss, *, email="new@example.org", role=Role.CASE_OFFICER, at=None):
    return invite_colleague(
        organisation=boss.membership.organisation,
        email=email,
        name="New Colleague",
        role=role,
        by=boss.as_actor(),
        at=at or clock.now(),
    )


def accept(token, *, at=None, name="New Colleague"):
    return accept_invitation(token=token, name=name, password=WORDS, at=at or clock.now())


def test_from_the_form_to_the_first_sign_in(boss, client, settings):
    sign_in(client, boss)
    typed = {"name": "Ann Other", "email": "Ann@Example.org", "role": "analyst"}
    assert client.post("/staff/invitations/new/", typed).status_code == 303
    page = client.get("/staff/invitations/").content.decode()
    assert "ann@example.org" in page
    pump(at=clock.now())
    letter = "".join(path.read_text() for path in settings.MESSAGE_FOLDER.rglob("*") if path.is_file())
    path = re.search(r"http://testserver(/invitation/[\w-]+/)", letter).group(1)

    newcomer = Client()
    assert "Ann Other" in newcomer.get(path).content.decode()
    short = newcomer.post(path, {"name": "Ann Other", "password": "short"})
    assert short.status_code == 422
    assert newcomer.post(path, {"name": "Ann Other", "password": WORDS}).headers["Location"] == "/invitation/accepted/"
    assert newcomer.get("/invitation/accepted/").status_code == 200
    user = User.objects.get(email="ann@example.org")
    assert (user.role, user.organisation_id) == (Role.ANALYST, boss.organisation_id)
    assert newcomer.post("/account/login/", {"login": user.email, "password": WORDS}).status_code == 303
    assert newcomer.get("/home/").headers["Location"] == "/account/2fa/"

    again = newcomer.get(path)
    assert again.status_code == 404
    assert body(again) == body(newcomer.get("/invitation/never-was/"))


@pytest.mark.parametrize("kind", list(OrganisationKind))
def test_an_organisation_invites_its_own_roles_only(db, kind):
    organisation = make_organisation(kind)
    for role in Role:
        given = {"organisation": organisation, "email": f"{role}@example.org", "name": "N", "role": role}
        if role in EMPLOYS[kind]:
            invite_colleague(**given, by=Actor.system("test"), at=clock.now())
        else:
            with pytest.raises(RoleIsNotOfThisOrganisation):
                invite_colleague(**given, by=Actor.system("test"), at=clock.now())


def test_the_form_takes_no_other_role_and_no_other_organisation(boss, client):
    sign_in(client, boss)
    typed = {"name": "X", "email": "x@example.org", "role": "trainer", "organisation": str(make_agency().pk)}
    assert client.post("/staff/invitations/new/", typed).status_code == 422
    assert client.post("/staff/invitations/new/", {**typed, "role": "analyst", "is_staff": "on"}).status_code == 303
    assert Invitation.objects.get().organisation_id == boss.organisation_id


@pytest.mark.parametrize("role", [Role.CASE_OFFICER, Role.ANALYST, Role.TRAINER, Role.SUPPORT, Role.PARTICIPANT])
def test_who_may_not_invite_is_told_there_is_no_such_page(db, client, role):
    sign_in(client, make_user(role))
    for path in ["/staff/invitations/", "/staff/invitations/new/"]:
        assert client.get(path).status_code == client.post(path).status_code == 404


def test_colleagues_of_others_are_not_there(boss, client):
    stranger = make_user().memberships.get()
    mine = make_user(organisation=boss.membership.organisation).memberships.get()
    sign_in(client, boss)
    page = client.get("/staff/invitations/").content.decode()
    assert mine.user.email in page
    assert stranger.user.email not in page
    theirs = client.post(f"/staff/colleagues/{stranger.public_id}/end/")
    nobodys = client.post("/staff/colleagues/0123456789abcdefghjkmnpqrs/end/")
    assert theirs.status_code == nobodys.status_code == 404
    assert Membership.objects.live().filter(pk=stranger.pk).exists()
    assert client.get(f"/staff/colleagues/{mine.public_id}/end/").status_code == 200
    assert client.post(f"/staff/colleagues/{mine.public_id}/end/").status_code == 303
    assert not Membership.objects.live().filter(pk=mine.pk).exists()


def test_a_second_use_fails(boss):
    token = invite(boss).token_sealed
    user = accept(token)
    with pytest.raises(InvitationIsOver):
        accept(token)
    assert user.check_password(WORDS)


def test_it_lasts_48_hours(boss):
    at = clock.now()
    token = invite(boss, at=at).token_sealed
    with pytest.raises(InvitationIsOver):
        accept(token, at=at + timedelta(hours=48))
    accept(token, at=at + timedelta(hours=47, minutes=59))


def test_parallel_use_makes_one_account(committed_db):
    token = invite(make_user(Role.SUPERVISOR)).token_sealed

    def run(_):
        try:
            return str(accept(token).pk)
        except InvitationIsOver:
            return "over"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(run, range(8)))
    assert answers.count("over") == 7
    assert User.objects.filter(email="new@example.org").count() == 1


def test_two_invitations_of_one_address_make_one_account(committed_db):
    tokens = [invite(make_user(Role.SUPERVISOR)).token_sealed for _ in range(2)]

    def run(token):
        try:
            return str(accept(token).pk)
        except InvitationIsOver:
            return "over"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(run, tokens))
    assert answers.count("over") == 1
    assert Membership.objects.live().filter(user__email="new@example.org").count() == 1


def test_a_new_invitation_ends_the_older(boss):
    old, new = invite(boss).token_sealed, invite(boss).token_sealed
    with pytest.raises(InvitationIsOver):
        find_invitation(token=old, at=clock.now())
    accept(new)


def test_a_colleague_is_not_invited_twice(boss):
    with pytest.raises(AlreadyAColleague):
        invite(boss, email=boss.email.upper())


def test_a_former_colleague_comes_back_with_a_new_password(boss):
    former = make_user(Role.ANALYST)
    end_membership(membership=former.memberships.get(), by=boss.as_actor(), at=clock.now())
    back = accept(invite(boss, email=former.email).token_sealed)
    assert back.pk == former.pk
    assert User.objects.get(pk=former.pk).role == Role.CASE_OFFICER


def test_somebody_who_works_elsewhere_is_not_taken_over(boss):
    elsewhere = make_user(Role.TRAINER)
    token = invite(boss, email=elsewhere.email).token_sealed
    with pytest.raises(InvitationIsOver):
        accept(token)
    assert User.objects.get(pk=elsewhere.pk).check_password("correct horse battery")


def test_who_leaves_takes_their_open_invitations_along(boss):
    other = make_user(Role.SUPERVISOR, organisation=boss.membership.organisation)
    token = invite(other).token_sealed
    end_membership(membership=other.memberships.get(), by=boss.as_actor(), at=clock.now())
    with pytest.raises(InvitationIsOver):
        find_invitation(token=token, at=clock.now())


def test_the_token_is_nowhere_in_the_database(boss):
    invitation = invite(boss)
    token = invitation.token_sealed
    assert len(token) >= 43
    with connection.cursor() as cursor:
        for table in ["accounts_invitation", "notifications_outboxmessage", "audit_auditevent"]:
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t")
            assert token not in str(cursor.fetchall())
    assert OutboxMessage.objects.get().recipient_id == invitation.pk
    accept(token)
    assert Invitation.objects.get().token_sealed is None


def test_each_step_is_on_the_trail(boss):
    user = accept(invite(boss).token_sealed)
    end_membership(membership=user.memberships.get(), by=boss.as_actor(), at=clock.now())
    trail = AuditEvent.objects.order_by("recorded_at").values_list("action", "actor_id")
    assert list(trail) == [
        ("invitation.made", boss.pk),
        ("invitation.accepted", user.pk),
        ("membership.begun", user.pk),
        ("membership.ended", boss.pk),
    ]


def test_a_message_for_an_ended_invitation_is_not_sent(boss, settings):
    accept(invite(boss).token_sealed)
    pump(at=clock.now())
    assert OutboxMessage.objects.get().state == "dropped"


def test_the_first_person_of_a_new_organisation(db):
    with pytest.raises(CommandError, match="--kind"):
        call_command("invite_first", "NEW", "first@example.org", "First Person")
    call_command(
        "invite_first", "NEW", "first@example.org", "First Person", kind="provider", organisation_name="New Provider"
    )
    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.invited_by) == (Role.PROVIDER_ADMINISTRATOR, None)
    assert Organisation.objects.get(code="NEW").name == "New Provider"
    assert accept(invitation.token_sealed).role == Role.PROVIDER_ADMINISTRATOR


def test_the_list_costs_the_same_however_long(boss, client):
    sign_in(client, boss)
    counts = []
    for more in (1, 29):
        for _ in range(more):
            make_user(organisation=boss.membership.organisation)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/staff/invitations/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]

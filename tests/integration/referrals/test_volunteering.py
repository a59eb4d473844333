"""The way in, and back, for somebody who asks for help themselves: nobody is looked up, guesses are slowed down (R14)."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from diversion.core import clock
from diversion.core.actor import Actor
from diversion.notifications.models import OutboxMessage
from diversion.notifications.services.pump import pump
from diversion.referrals.models import CaseTask, ContactClaim, Participant, Referral, Requirement
from diversion.referrals.services.volunteering import SchemeIsNotVoluntary, claim_newcomer, join_voluntarily
from tests.factories import (
    make_organisation,
    make_participant,
    make_referral,
    make_requirement,
    make_scheme,
    make_volunteer,
)
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
BY = Actor.system("test")
MAIL = "kite@example.org"


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


@pytest.fixture
def scheme():
    return make_scheme(make_organisation("self"), version={"book_by_days": 182, "complete_by_weeks": 52, "cap_weeks": 52})


def at_the_contact(scheme):
    client = Client()
    client.post("/self/course/", {"scheme": scheme.public_id})
    return client


def sent():
    pump(at=clock.now())
    return [each.read_text() for each in sorted(Path(settings.MESSAGE_FOLDER).glob("*.txt"))]


def code():
    return re.search(r"\b\d{6}\b", sent()[-1]).group()


def test_what_is_kept_and_nothing_more(scheme):
    client = at_the_contact(scheme)
    client.post("/self/contact/", {"called": "Kite", "email": MAIL, "mobile": ""})
    assert client.post("/self/code/", {"code": code()}).status_code == 303
    person = Participant.objects.get()
    assert (person.given_names, person.family_name, person.email, person.date_of_birth) == ("Kite", "", MAIL, None)
    assert (person.address, person.postcode, person.needs) == ("", "", [])
    required, today = Requirement.objects.get(), clock.today()
    assert ((required.book_by - today).days, (required.complete_by - today).days, required.backstop) == (182, 364, None)
    assert not ContactClaim.objects.exists()


def test_a_wrong_code_makes_nobody_and_a_code_works_once(scheme):
    client = at_the_contact(scheme)
    client.post("/self/contact/", {"called": "Kite", "email": MAIL})
    right = code()
    assert client.post("/self/code/", {"code": "000000" if right != "000000" else "000001"}).status_code == 422
    assert not Participant.objects.exists()
    client.post("/self/code/", {"code": right})
    client.post("/self/code/", {"code": right})
    assert Participant.objects.count() == 1


def test_a_contact_that_is_known_is_answered_like_one_that_is_not(scheme):
    make_participant(email=MAIL)
    answers = []
    for address in (MAIL, "stranger@example.org"):
        answer = at_the_contact(scheme).post("/self/contact/", {"called": "Kite", "email": address})
        answers.append((answer.status_code, answer["Location"], answer.content))
    assert answers[0] == answers[1]
    assert OutboxMessage.objects.count() == 2


def test_codes_to_one_contact_are_slowed_down(scheme):
    for _n in range(5):
        assert at_the_contact(scheme).post("/self/contact/", {"called": "Kite", "email": MAIL}).status_code == 303
    refused = at_the_contact(scheme).post("/self/contact/", {"called": "Kite", "email": MAIL})
    assert refused.status_code == 422
    assert "too many tries" in refused.content.decode()
    assert OutboxMessage.objects.count() == 5
    assert at_the_contact(scheme).post("/self/contact/", {"called": "Kite", "email": "b@example.org"}).status_code == 303


def test_an_agencys_scheme_is_neither_shown_nor_taken(scheme):
    theirs = make_scheme()
    page = Client().get("/self/course/").content.decode()
    assert scheme.programme.name in page
    assert theirs.programme.name not in page
    assert Client().post("/self/course/", {"scheme": theirs.public_id}).status_code == 422
    here = {"session_key": "k", "language": "en-gb", "at": clock.now()}
    claim = claim_newcomer(email=MAIL, mobile="", address="1.2.3.4", by=BY, **here)
    with pytest.raises(SchemeIsNotVoluntary):
        join_voluntarily(claim=claim, code=claim.code, called="Kite", scheme=theirs, **here)
    assert not Referral.objects.exists()


def back(reference):
    answer = Client().post("/self/sign-in/", {"reference": reference})
    return answer.status_code, answer.headers.get("Location"), answer.content


def test_the_way_back_answers_alike_and_sends_to_volunteers_alone():
    """A letter's reference asks for a date of birth elsewhere; here it sends nothing, and looks the same."""
    volunteer, referred = make_volunteer(), make_referral("accepted")
    left = make_volunteer(state="withdrawn")
    left.participant.user = None
    left.participant.save()
    answers = {back(each) for each in (volunteer.reference, referred.reference, left.reference, "ABCD-EFGH-JKMN")}
    assert answers == {(303, "/my/sign-in/code/", b"")}
    claims = ContactClaim.objects.all()
    assert [claim.participant_id for claim in claims] == [volunteer.participant_id]


def test_guesses_at_a_reference_are_slowed_down():
    volunteer = make_volunteer()
    for _n in range(5):
        assert back(volunteer.reference)[0] == 303
    assert back(volunteer.reference)[0] == 422


def test_a_volunteer_who_asks_for_help_is_given_the_help_line_and_nobody_is_asked():
    case = make_volunteer()
    make_requirement(case)
    client = sign_in(Client(), case.participant.user)
    for answer in (client.get("/my/help/"), client.post("/my/help/", {"about": "asked-for-help", "words": "Please."})):
        page = answer.content.decode()
        assert settings.HELP_PHONE in page
        assert "116 123" in page
        assert "<textarea" not in page
    assert not CaseTask.objects.exists()


@pytest.mark.parametrize(("state", "told"), [("failed", True), ("queued", False)])
def test_a_volunteer_whom_no_message_reaches_reads_it_on_their_page(state, told):
    case = make_volunteer()
    make_requirement(case)
    OutboxMessage.objects.create(
        state=state, kind="volunteer-welcome", channel="email", recipient_id=case.participant_id, subject_id=uuid4(),
        case_id=case.pk, created_at=clock.now(), due_at=clock.now(),
    )  # fmt: skip
    page = sign_in(Client(), case.participant.user).get("/my/").content.decode()
    assert ("did not arrive" in page) is told

"""Visits to sessions: who may report, what is kept for good, who reads it, and what is still to be done (C17)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from courses.models import Session, Visit, VisitFollowUp
from courses.queries.visits import overdue_follow_ups
from courses.services.visits import (
    FollowUpIsHalfSaid,
    NothingToFollowUp,
    OwnSession,
    SessionHasNotBegun,
    TrainerWasNotThere,
    VisitIsReported,
    follow_up_visit,
    report_visit,
)
from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.notifications.models import OutboxMessage
from tests.factories import make_course, make_trainer, make_user, make_visit
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")
SCORES = {"prepared": 5, "clear": 4, "respectful": 3, "involving": 2, "safe": 1}
DAY = timedelta(days=1)


@pytest.fixture
def session() -> Session:
    return make_course(starts_in=-timedelta(hours=1)).sessions.get()


@pytest.fixture
def trainer(session: Session) -> User:
    return make_trainer(session.course.provider, session, name="Tara Iner")


@pytest.fixture
def administrator(session: Session) -> User:
    return make_user(Role.PROVIDER_ADMINISTRATOR, session.course.provider.organisation)


def report(session: Session, trainer: User, user: User, **fields: Any) -> Visit:
    typed = {"words": "Patient and clear.", "follow_up": "", "follow_up_by": None, **fields}
    return report_visit(session=session, trainer=trainer, scores=SCORES, **typed, user=user, by=BY, at=clock.now())


def test_a_report_is_kept_whole_and_the_trail_has_no_words(session: Session, trainer: User, administrator: User) -> None:
    visit = report(session, trainer, administrator)
    visit.refresh_from_db()
    assert {name: getattr(visit, name) for name in SCORES} == SCORES
    assert (visit.words, visit.follow_up, visit.occurred_at) == ("Patient and clear.", None, session.starts_at)
    event = AuditEvent.objects.get(subject_id=visit.pk)
    assert (event.action, event.reason, event.data) == (
        "visit.reported", "", {"session": session.public_id, **SCORES}
    )  # fmt: skip


def test_the_trainer_and_the_other_administrators_are_told(session: Session, trainer: User, administrator: User) -> None:
    other = make_user(Role.PROVIDER_ADMINISTRATOR, session.course.provider.organisation)
    make_user(Role.PROVIDER_ADMINISTRATOR)
    report(session, trainer, administrator)
    told = OutboxMessage.objects.filter(kind="visit-reported")
    assert {row.recipient_id for row in told} == {trainer.pk, other.pk}


def test_what_cannot_be_reported(session: Session, trainer: User, administrator: User) -> None:
    to_come = make_course(provider=session.course.provider).sessions.get()
    to_come.trainers.add(trainer)
    with pytest.raises(SessionHasNotBegun):
        report(to_come, trainer, administrator)
    with pytest.raises(TrainerWasNotThere):
        report(session, make_trainer(session.course.provider), administrator)
    with pytest.raises(OwnSession):
        report(session, trainer, trainer)
    for half in ({"follow_up": "More time."}, {"follow_up_by": clock.today()}):
        with pytest.raises(FollowUpIsHalfSaid):
            report(session, trainer, administrator, **half)
    assert Visit.objects.count() == 0


def test_one_person_reports_on_a_visit_once_and_another_may_too(
    session: Session, trainer: User, administrator: User
) -> None:
    report(session, trainer, administrator)
    with pytest.raises(VisitIsReported):
        report(session, trainer, administrator, words="Otherwise.")
    report(session, trainer, make_user(Role.SUPPORT))
    assert Visit.objects.count() == 2


@pytest.mark.parametrize("fact", [Visit, VisitFollowUp])
def test_the_database_lets_nobody_change_or_remove_a_report(fact: Any) -> None:
    visit = make_visit()
    follow_up_visit(visit=visit, words="Done.", user=visit.recorded_by, by=BY, at=clock.now())
    field = {Visit: {"clear": 1}, VisitFollowUp: {"done_at": clock.now()}}[fact]
    with pytest.raises(DatabaseError), transaction.atomic():
        fact.objects.update(**field)
    with pytest.raises(DatabaseError), transaction.atomic():
        fact.objects.all()._raw_delete("default")
    assert fact.objects.count() == 1


def test_each_reads_what_concerns_them(session: Session, trainer: User, administrator: User) -> None:
    visit = make_visit(session, trainer, words="Patientandclear")
    colleague = make_trainer(session.course.provider, session)
    page = reverse("visit-show", args=[visit.public_id])
    readers = {
        trainer: 200, administrator: 200, make_user(Role.SUPPORT): 200, colleague: 404,
        make_user(Role.PROVIDER_ADMINISTRATOR): 404, make_user(Role.CASE_OFFICER): 404,
    }  # fmt: skip
    for reader, status in readers.items():
        answer = sign_in(Client(), reader).get(page)
        assert (answer.status_code, "Patientandclear" in answer.content.decode()) == (status, status == 200)
    assert "Say that it is done" not in sign_in(Client(), trainer).get(page).content.decode()


def test_from_a_name_and_a_day_to_a_report(session: Session, trainer: User, administrator: User, client: Client) -> None:
    sign_in(client, administrator)
    day = clock.day_of(session.starts_at)
    when = {"day_day": day.day, "day_month": day.month, "day_year": day.year}
    page = reverse("visit-report", args=[session.public_id, trainer.membership.public_id])
    html = client.get("/visits/new/", {"name": "tara", **when}).content.decode()
    assert page in html
    assert "No session found" in client.get("/visits/new/", {"name": "nobody", **when}).content.decode()
    stranger = sign_in(Client(), make_user(Role.PROVIDER_ADMINISTRATOR))
    assert "No session found" in stranger.get("/visits/new/", {"name": "tara", **when}).content.decode()
    assert stranger.get(page).status_code == 404
    typed = {**{name: str(score) for name, score in SCORES.items()}, "words": "Patient."}
    half = client.post(page, {**typed, "safe": "", "follow_up": "More time."})
    assert (half.status_code, "Choose a score from 1 to 5" in half.content.decode()) == (422, True)
    lacks_day = client.post(page, {**typed, "follow_up": "More time."})
    assert "Say both what must be done and by when, or neither." in lacks_day.content.decode()
    sent = client.post(page, typed)
    assert (sent.status_code, sent.headers["Location"]) == (
        303,
        reverse("visit-show", args=[Visit.objects.get().public_id]),
    )
    assert "You have reported on this visit already." in client.post(page, typed).content.decode()


def test_what_was_asked_for_is_overdue_from_the_day_after_until_it_is_done(
    session: Session, trainer: User, administrator: User, client: Client
) -> None:
    visit = make_visit(session, trainer, follow_up_by=clock.today())
    make_visit(session, make_trainer(session.course.provider, session), follow_up=None, follow_up_by=None)
    make_visit(follow_up_by=clock.today())
    assert list(overdue_follow_ups(administrator, at=clock.now())) == []
    assert list(overdue_follow_ups(administrator, at=clock.now() + DAY)) == [visit]
    page = reverse("visit-follow-up", args=[visit.public_id])
    answer = sign_in(client, administrator).post(page, {"words": "Spoke with them."})
    assert (answer.status_code, VisitFollowUp.objects.get().words) == (303, "Spoke with them.")
    assert list(overdue_follow_ups(administrator, at=clock.now() + DAY)) == []
    again = client.post(page, {"words": "Twice."}, follow=True).content.decode()
    assert ("said already that it is done" in again, VisitFollowUp.objects.count()) == (True, 1)
    with pytest.raises(NothingToFollowUp):
        follow_up_visit(visit=visit, words="x", user=administrator, by=BY, at=clock.now())


def test_the_overview_shows_what_is_overdue_after_a_visit(session: Session, trainer: User, administrator: User) -> None:
    make_visit(session, trainer, follow_up_by=clock.today() - DAY)
    html = sign_in(Client(), administrator).get("/provider/").content.decode()
    assert ("Was to be done by" in html, "Tara Iner" in html) == (True, True)

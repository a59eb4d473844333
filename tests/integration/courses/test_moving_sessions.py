"""A provider's administrator moves a session, and puts other trainers on one."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from courses.cascade import Later, SessionIsPast
from courses.enums import BookingState, CourseState
from courses.models import Booking, Course, Provider, ProviderLicence, Session, TrainerLicence
from courses.queries.rescheduling import move_of
from courses.services.announcements import announce_confirmation
from courses.services.clashes import TrainerIsAway, TrainerIsTaken
from courses.services.rescheduling import CourseIsOver, MoveHasChanged, SomeFinishTooLate, move_session
from courses.services.scheduling import NotLicensed, TrainerIsNotLicensed, TrainerIsNotTheirs
from courses.services.substitution import BegunWithoutThem, replace_trainers
from diversion.accounts.enums import Role
from diversion.audit.models import AuditEvent
from diversion.compliance.invariants import broken
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.notifications.models import OutboxMessage
from diversion.referrals.models import BankHoliday, CaseTask, Programme, Requirement
from tests.factories import (
    make_booking,
    make_course,
    make_programme,
    make_provider,
    make_requirement,
    make_time_away,
    make_trainer,
    make_trainer_licence,
    make_user,
)
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")
WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)


@pytest.fixture
def programme() -> Programme:
    return make_programme()


@pytest.fixture
def provider(programme: Programme) -> Provider:
    return make_provider(programme)


@pytest.fixture
def course(programme: Programme, provider: Provider) -> Course:
    """Two sessions at ten in the morning, a week apart, three or more weeks ahead, far from bank holidays."""
    BankHoliday.objects.filter(day__gte=clock.today()).delete()
    starts_in = clock.london(clock.today() + timedelta(days=21), 10) - clock.now()
    course = make_course(programme, provider=provider, sessions=2, starts_in=starts_in)
    for session in course.sessions.all():  # the factory rounds down to the second
        wall = clock.london(clock.day_of(session.starts_at + timedelta(minutes=1)), 10)
        Session.objects.filter(pk=session.pk).update(starts_at=wall, ends_at=wall + 3 * HOUR)
    first, last = course.sessions.all()
    course.first_starts_at, course.last_ends_at = first.starts_at, last.ends_at
    course.save()
    return course


@pytest.fixture
def place(course: Course) -> Callable[..., Booking]:
    """Somebody with a place, who must finish so many days after the course ends now."""

    def make(days: int = 60, state: str = BookingState.CONFIRMED) -> Booking:
        requirement = make_requirement(programme=course.programme)
        Requirement.objects.filter(pk=requirement.pk).update(
            complete_by=clock.day_of(course.last_ends_at) + timedelta(days=days), book_by=clock.today()
        )
        requirement.refresh_from_db()
        booking = make_booking(course, requirement, state)
        if state == BookingState.CONFIRMED:
            announce_confirmation(booking=booking, at=clock.now())
        return booking

    return make


def move(course: Course, position: int, to: Any, *, seen: str = "", **fields: Any) -> Course:
    at = clock.now()
    wish = {"to": to, "later": fields.pop("later", Later.FOLLOW)}
    session = course.sessions.get(position=position)
    fresh = Course.objects.get(pk=course.pk)
    seen = seen or move_of(course=fresh, position=position, **wish, at=at).fingerprint
    return move_session(
        session=session, **wish, **{"fingerprint": seen, "ask_officers": False, "by": BY, "at": at, **fields}
    )


def waiting(kind: str, booking: Booking) -> list[Any]:
    rows = OutboxMessage.objects.filter(
        kind=kind, recipient_id=booking.requirement.referral.participant_id, channel="email", state="queued"
    )
    return list(rows.order_by("due_at"))


def test_a_move_changes_sessions_course_messages_and_trail(course: Course, place: Callable[..., Booking]) -> None:
    booking, held = place(), place(state=BookingState.HELD)
    first, second = course.sessions.all()
    before = {(row.subject_id, row.due_at) for row in waiting("session-reminder", booking)}
    to = clock.london(clock.day_of(first.starts_at) + timedelta(days=1), 17)
    moved = move(course, 1, to)
    first_then, second_then = course.sessions.all()
    assert (first_then.starts_at, first_then.ends_at, first_then.sequence) == (to, to + 3 * HOUR, 1)
    assert second_then.starts_at == clock.london(clock.day_of(second.starts_at) + timedelta(days=1), 17)
    moved.refresh_from_db()
    assert (moved.first_starts_at, moved.last_ends_at) == (to, second_then.ends_at)
    assert moved.evening_or_weekend is True
    after = {(row.subject_id, row.due_at) for row in waiting("session-reminder", booking)}
    assert (len(before), len(after), before & after) == (8, 8, set())
    assert all(
        row.stale_at in {first_then.starts_at, second_then.starts_at} for row in waiting("session-reminder", booking)
    )
    assert (len(waiting("time-changed", booking)), waiting("time-changed", held)) == (1, [])
    for each in (booking, held):
        each.refresh_from_db()
        assert each.times_changed_at is not None
        assert AuditEvent.objects.filter(subject_id=each.pk, action="booking.times_changed").count() == 1
    told = AuditEvent.objects.filter(action="session.moved").order_by("recorded_at", "subject_id")
    assert {row.subject_id for row in told} == {first.pk, second.pk}
    assert told.get(subject_id=first.pk).data == {"from": first.starts_at.isoformat(), "to": to.isoformat()}
    assert CaseTask.objects.count() == 0


def test_the_same_move_again_tells_nobody_again(course: Course, place: Callable[..., Booking]) -> None:
    booking = place()
    to = course.first_starts_at + 24 * HOUR
    at = clock.now()
    seen = move_of(course=course, position=1, to=to, later=Later.FOLLOW, at=at).fingerprint
    for _ in range(2):
        move(course, 1, to, seen=seen)
    assert len(waiting("time-changed", booking)) == 1
    assert set(course.sessions.values_list("sequence", flat=True)) == {1}
    move(course, 1, to + HOUR)
    assert len(waiting("time-changed", booking)) == 2
    assert len(waiting("session-reminder", booking)) == 8


def test_those_who_would_finish_too_late_must_be_dealt_with(course: Course, place: Callable[..., Booking]) -> None:
    """The last day itself is in time; the day after is not. Nobody's date or place changes: an officer is asked (rules 2, 3, 6)."""
    in_time, late, held = place(7), place(6), place(6, BookingState.HELD)
    dates = list(Requirement.objects.order_by("pk").values_list("complete_by", flat=True))
    to = course.first_starts_at + WEEK
    with pytest.raises(SomeFinishTooLate) as refusal:
        move(course, 1, to)
    assert (refusal.value.field, Session.objects.filter(sequence=0).count()) == ("ask_officers", 2)
    move(course, 1, to, ask_officers=True)
    tasks = CaseTask.objects.order_by("pk")
    assert {task.subject_id for task in tasks} == {late.pk, held.pk}
    assert {task.kind for task in tasks} == {"service-failure"}
    assert all("failure of the service, not of the person" in task.detail for task in tasks)
    assert list(Requirement.objects.order_by("pk").values_list("complete_by", flat=True)) == dates
    states = {each.pk: each.state for each in Booking.objects.all()}
    assert states == {in_time.pk: "confirmed", late.pk: "confirmed", held.pk: "held"}
    assert "a live booking's sessions end in time" not in broken()


def test_what_was_not_shown_is_not_done(course: Course, place: Callable[..., Booking]) -> None:
    to = course.first_starts_at + WEEK
    seen = move_of(course=course, position=1, to=to, later=Later.FOLLOW, at=clock.now()).fingerprint
    place(6)
    with pytest.raises(MoveHasChanged):
        move(course, 1, to, seen=seen, ask_officers=True)
    assert Session.objects.filter(sequence=0).count() == 2


@pytest.mark.parametrize("state", [CourseState.CANCELLED, CourseState.CLOSED])
def test_a_course_that_is_over_stays(course: Course, state: str) -> None:
    Course.objects.filter(pk=course.pk).update(state=state)
    with pytest.raises(CourseIsOver):
        move(course, 1, course.first_starts_at + HOUR)


def test_a_move_to_a_day_without_a_licence_is_refused_and_nothing_moved(course: Course) -> None:
    ProviderLicence.objects.update(valid_until=clock.day_of(course.last_ends_at))
    with pytest.raises(NotLicensed):
        move(course, 1, course.first_starts_at + WEEK)
    assert Session.objects.filter(sequence=0).count() == 2


@pytest.fixture
def administrator(provider: Provider, client: Client) -> Client:
    return sign_in(client, make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation))


def asked(day: date, time: str = "10:00", later: str = "follow") -> str:
    parts = {"day_day": day.day, "day_month": day.month, "day_year": day.year, "time": time, "later": later}
    return "?" + urlencode(parts)


def test_the_page_shows_what_changes_and_for_how_many_before_it_moves(
    administrator: Client, course: Course, place: Callable[..., Booking]
) -> None:
    late = place(6)
    place(60)
    session = course.sessions.get(position=1)
    path = f"/provider/sessions/{session.public_id}/move/"
    assert administrator.get(path).status_code == 200
    url = path + asked(clock.day_of(session.starts_at) + WEEK)
    page = administrator.get(url)
    html = page.content.decode()
    assert ("2 people have a place" in html, "1 person would finish after their date" in html) == (True, True)
    assert late.requirement.referral.participant.family_name not in html
    seen = page.context["confirm"].initial
    assert administrator.post(url, seen).status_code == 422
    assert Session.objects.filter(sequence=1).count() == 0
    for _ in range(2):
        answer = administrator.post(url, {**seen, "ask_officers": "on"})
        assert (answer.status_code, answer["Location"]) == (303, f"/provider/courses/{course.public_id}/")
    assert Session.objects.filter(sequence=1).count() == 2
    assert len(waiting("time-changed", late)) == 1


def test_the_page_shows_the_move_again_when_somebody_came_between(
    administrator: Client, course: Course, place: Callable[..., Booking]
) -> None:
    session = course.sessions.get(position=1)
    url = f"/provider/sessions/{session.public_id}/move/" + asked(clock.day_of(session.starts_at) + WEEK)
    seen = administrator.get(url).context["confirm"].initial
    place(6)
    answer = administrator.post(url, seen, follow=True)
    assert (answer.redirect_chain, Session.objects.filter(sequence=1).count()) == ([(url, 303)], 0)
    html = answer.content.decode()
    assert ("Something has changed since this was shown" in html, "1 person would finish" in html) == (True, True)
    again = answer.context["confirm"].initial
    assert administrator.post(url, {**again, "ask_officers": "on"}).status_code == 303
    assert Session.objects.filter(sequence=1).count() == 2


def test_what_cannot_be_moved_is_told_beside_the_field(administrator: Client, course: Course) -> None:
    session = course.sessions.get(position=1)
    path = f"/provider/sessions/{session.public_id}/move/"
    day = clock.day_of(session.starts_at)
    BankHoliday.objects.create(nation="england-and-wales", day=day + WEEK, name="A day of rest")
    for query, words in [
        (asked(day + WEEK), "Nobody meets on that day"),
        (asked(day + 2 * WEEK, later="stay"), "must stay in their order"),
        (asked(clock.today() - WEEK), "must be in the future"),
        (asked(day, time="tea"), "Enter a time like 10:00"),
        (asked(date.max), "Enter a day within the next five years"),
    ]:
        answer = administrator.get(path + query)
        assert (answer.status_code, words in answer.content.decode()) == (422, True)


def test_the_last_session_has_none_after_it_to_ask_of(administrator: Client, course: Course) -> None:
    session = course.sessions.get(position=2)
    path = f"/provider/sessions/{session.public_id}/move/"
    assert "Later sessions" not in administrator.get(path).content.decode()
    page = administrator.get(path + asked(clock.day_of(session.starts_at) + WEEK, later=""))
    assert "Nobody has a place on this course." in page.content.decode()
    assert len(page.context["rows"]) == 1


def test_another_trainer_takes_over(administrator: Client, course: Course, provider: Provider) -> None:
    session = course.sessions.get(position=1)
    first, second = make_trainer(provider, session), make_trainer(provider)
    path = f"/provider/sessions/{session.public_id}/trainers/"
    assert administrator.post(path, {}).status_code == 422
    for _ in range(2):
        assert administrator.post(path, {"trainers": [str(second.pk)]}).status_code == 303
    assert list(session.trainers.all()) == [second]
    event = AuditEvent.objects.get(action="session.trainers_changed")
    assert event.data == {"from": [str(first.pk)], "to": [str(second.pk)]}


def test_who_may_not_take_over_is_refused_for_their_own_reason(course: Course, provider: Provider) -> None:
    session = course.sessions.get(position=1)
    day = clock.day_of(session.starts_at)
    away, taken, unlicensed, gone = (make_trainer(provider) for _ in range(4))
    make_time_away(away, day)
    other = make_course(course.programme, provider=provider, starts_in=session.starts_at - clock.now())
    other.sessions.get().trainers.add(taken)
    TrainerLicence.objects.filter(trainer=unlicensed).delete()
    gone.memberships.update(ended_at=clock.now())
    for trainer, refusal in [
        (away, TrainerIsAway),
        (taken, TrainerIsTaken),
        (unlicensed, TrainerIsNotLicensed),
        (gone, TrainerIsNotTheirs),
    ]:
        with pytest.raises(refusal) as told:
            replace_trainers(session=session, trainers=[trainer], by=BY, at=clock.now())
        assert told.value.field == "trainers"
    assert session.trainers.count() == 0


def test_a_session_that_is_over_keeps_its_trainers(course: Course, provider: Provider) -> None:
    session = course.sessions.get(position=1)
    trainer = make_trainer(provider)
    with pytest.raises(BegunWithoutThem):
        replace_trainers(session=session, trainers=[trainer], by=BY, at=session.ends_at)
    replace_trainers(session=session, trainers=[trainer], by=BY, at=session.ends_at - HOUR)
    with pytest.raises(SessionIsPast):
        move_session(
            session=session, to=session.ends_at + WEEK, later=Later.STAY, fingerprint="", ask_officers=False, by=BY,
            at=session.starts_at,
        )  # fmt: skip


def test_another_providers_sessions_do_not_exist(administrator: Client) -> None:
    other = make_course().sessions.get()
    make_trainer_licence(make_user(Role.TRAINER), other.course.programme)
    for page in ("move", "trainers"):
        assert administrator.get(f"/provider/sessions/{other.public_id}/{page}/").status_code == 404

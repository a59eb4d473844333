"""What is written down beside the marks: concerns go to the agency alone; who came without a place is booked nowhere."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from courses.enums import BookingState
from courses.models import Booking, Concern, ConcernFollowUp, Course, Session, WalkIn
from courses.people import participant_of
from courses.queries.concerns import concerns_to_read
from courses.queries.progress import judgements_of
from courses.register_rules import RegisterIsNotOpenYet
from courses.services.door import raise_concern, record_walk_in
from diversion.accounts.enums import Role
from diversion.accounts.models import Membership, User
from diversion.audit.models import AccessEvent, AuditEvent
from diversion.core import clock
from diversion.core.references import spoken
from diversion.notifications.models import OutboxMessage
from diversion.notifications.registry import MESSAGES
from diversion.referrals.enums import ReferralState, TaskKind
from diversion.referrals.models import CaseTask, Participant, Programme, Requirement
from tests.factories import (
    make_booking,
    make_concern,
    make_referral,
    make_requirement,
    make_scheme,
    make_user,
    make_volunteer,
)
from tests.integration.register.registers import first_session, make_running_course, seat, trainer_of
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
WORDS = "Zzworry: they said they are afraid to go home."


@pytest.fixture
def place() -> Booking:
    return make_running_course().bookings.get()


def page(user: User, name: str, *args: str) -> str:
    return sign_in(Client(), user).get(reverse(name, args=args)).content.decode()


def tell(place: Booking, trainer: User) -> None:
    client = sign_in(Client(), trainer)
    address = reverse("concern-raise", args=[first_session(place.course).public_id])
    assert client.post(address, {"person": place.public_id, "words": WORDS}).status_code == 303


def test_a_concern_is_read_on_the_case_by_the_agency_and_by_nobody_else(place: Booking) -> None:
    session = first_session(place.course)
    trainer, admin = trainer_of(session), make_user(Role.PROVIDER_ADMINISTRATOR, place.course.provider.organisation)
    tell(place, trainer)
    referral = place.requirement.referral
    assert WORDS in page(referral.officer, "case-show", referral.public_id)
    for user in (trainer, admin):
        for name in ("register-mark", "concern-raise"):
            assert "Zzworry" not in page(user, name, session.public_id)
    assert "Zzworry" not in page(referral.participant.user, "my-home")
    assert CaseTask.objects.get().kind == TaskKind.CONCERN_RAISED
    assert set(OutboxMessage.objects.values_list("kind", "recipient_id")) == {("concern-raised", referral.officer_id)}


def test_a_second_press_passes_nothing_on_twice(place: Booking) -> None:
    session = first_session(place.course)
    trainer, other = trainer_of(session), trainer_of(session)
    tell(place, trainer)
    told = OutboxMessage.objects.count()
    tell(place, trainer)
    assert (Concern.objects.count(), OutboxMessage.objects.count()) == (1, told)
    tell(place, other)
    assert Concern.objects.count() == 2
    came = {"session": session, "first_name": "Sam", "reference": "", "user": trainer, "by": trainer.as_actor()}
    first = record_walk_in(**came, at=clock.now())
    assert record_walk_in(**came, at=first.recorded_at + timedelta(seconds=59)) == first
    assert record_walk_in(**came, at=first.recorded_at + timedelta(minutes=1)) != first  # another Sam


def test_nothing_is_judged_by_a_concern(place: Booking) -> None:
    loaded = Booking.objects.select_related("requirement__referral", "course").get(pk=place.pk)
    referral = place.requirement.referral
    before = judgements_of([loaded]), page(referral.officer, "case-show", referral.public_id).count("Needs a decision")
    tell(place, trainer_of(first_session(place.course)))
    after = judgements_of([loaded]), page(referral.officer, "case-show", referral.public_id).count("Needs a decision")
    assert after == before
    place.refresh_from_db()
    assert place.state == BookingState.CONFIRMED


def test_a_concern_needs_words_and_somebody_on_this_course(place: Booking) -> None:
    other = make_running_course().bookings.get()
    client = sign_in(Client(), trainer_of(first_session(place.course)))
    address = reverse("concern-raise", args=[first_session(place.course).public_id])
    for typed in ({"person": place.public_id, "words": " "}, {"person": other.public_id, "words": WORDS}):
        answer = client.post(address, typed)
        assert answer.status_code == 422
    assert not Concern.objects.exists()


def test_a_volunteers_concern_is_told_to_the_service_team_who_read_it(place: Booking) -> None:
    support, former = make_user(Role.SUPPORT), make_user(Role.SUPPORT)
    former.memberships.update(ended_at=clock.now())
    mine = make_booking(place.course, make_requirement(make_volunteer()))
    person = participant_of(mine)
    tell(mine, trainer_of(first_session(place.course)))
    assert not CaseTask.objects.exists()
    rows = OutboxMessage.objects.values_list("kind", "channel", "recipient_id")
    team = set(Membership.objects.filter(role=Role.SUPPORT, ended_at=None).values_list("user_id", flat=True))
    assert set(rows) == {("concern-for-service", "email", each) for each in team}
    assert (support.pk in team, former.pk in team) == (True, False)
    kind = MESSAGES["concern-for-service"]
    context = kind.context(subject_id=Concern.objects.get().pk, recipient_id=support.pk, at=clock.now())
    assert context is not None
    assert str(context["link"]).endswith(reverse("concern-list"))
    shown = page(support, "concern-list")
    assert [WORDS in shown, person.short_name in shown, person.email in shown] == [True, True, True]
    assert AccessEvent.objects.get(route="concern-list").participants == [person.pk]


def test_the_service_team_reads_no_agencys_concern_and_no_agency_a_volunteers(place: Booking) -> None:
    session, support = first_session(place.course), make_user(Role.SUPPORT)
    mine = make_booking(place.course, make_requirement(make_volunteer()))
    for booking in (place, mine):
        tell(booking, trainer_of(session))
    read = {role: set(Concern.objects.visible_to(make_user(role)).values_list("booking", flat=True)) for role in Role}
    assert {role for role, seen in read.items() if seen} == {Role.SUPPORT}
    assert read[Role.SUPPORT] == {mine.pk}
    assert [row.booking for row in Concern.objects.visible_to(place.requirement.referral.officer)] == [place]
    person = participant_of(mine)
    person.user = None  # has left
    person.save()
    assert "Zzworry" not in page(support, "concern-list")


def test_the_trainer_does_not_learn_who_has_an_agency(place: Booking) -> None:
    session = first_session(place.course)
    mine = make_booking(place.course, make_requirement(make_volunteer()))
    client = sign_in(Client(), trainer_of(session))
    address = reverse("concern-raise", args=[session.public_id])
    assert "our service team for people who have none" in client.get(address).content.decode()
    said = []
    for booking in (place, mine):
        answer = client.post(address, {"person": booking.public_id, "words": WORDS}, follow=True)
        said.append([str(message) for message in answer.context["messages"]])
    assert said[0] == said[1] != []


def wanting(session: Session) -> Requirement:
    """Somebody who waits for this programme and has no place."""
    scheme = make_scheme(programme=Programme.objects.get(pk=session.course.programme_id))
    return make_requirement(make_referral(ReferralState.ACCEPTED, scheme=scheme))


def come(session: Session, reference: str, user: User | None = None) -> tuple[int, str]:
    """The answer and the page that follows it."""
    client = sign_in(Client(), user or trainer_of(session))
    typed = {"first_name": "Ann", "reference": reference}
    answer = client.post(reverse("walk-in-record", args=[session.public_id]), typed)
    return answer.status_code, client.get(answer["Location"]).content.decode()


def test_who_came_without_a_place_is_booked_nowhere_and_the_officer_is_asked(place: Booking) -> None:
    session = first_session(place.course)
    admin = make_user(Role.PROVIDER_ADMINISTRATOR, place.course.provider.organisation)
    requirement = wanting(session)
    come(session, spoken(requirement.referral.reference).lower())
    task = CaseTask.objects.get()
    assert (task.kind, task.referral_id) == (TaskKind.CAME_WITHOUT_PLACE, requirement.referral_id)
    assert "The course has a free place and ends in time. Nothing was booked." in task.detail
    assert Booking.objects.count() == 1
    assert set(OutboxMessage.objects.values_list("kind", "recipient_id")) == {("somebody-came", admin.pk)}
    message = MESSAGES["somebody-came"]
    assert message.context(subject_id=session.pk, recipient_id=admin.pk, at=clock.now()) is not None
    shown = page(admin, "walk-in-record", session.public_id)
    assert "Ann" in shown
    assert spoken(requirement.referral.reference) in shown
    assert spoken(requirement.referral.reference) not in page(trainer_of(session), "walk-in-record", session.public_id)


def test_the_door_learns_nothing_of_whether_a_reference_exists(place: Booking) -> None:
    session = first_session(place.course)
    trainer = trainer_of(session)
    known, elsewhere = wanting(session), make_requirement()
    answers = [
        come(session, reference, trainer)
        for reference in (known.referral.reference, elsewhere.referral.reference, "AAAA-BBBB-CCCC", "", "nonsense")
    ]
    assert {status for status, _ in answers} == {303}
    assert all("They have no place yet." in text for _, text in answers)
    assert CaseTask.objects.values_list("referral_id", flat=True).get() == known.referral_id
    assert WalkIn.objects.count() == 5


def test_a_full_course_or_a_late_one_is_said_to_be_so(place: Booking) -> None:
    session = first_session(place.course)
    requirement = wanting(session)
    yesterday = clock.today() - timedelta(days=1)
    Requirement.objects.filter(pk=requirement.pk).update(book_by=yesterday, complete_by=yesterday)
    come(session, requirement.referral.reference)
    assert "The course is full or ends too late." in CaseTask.objects.get().detail


@pytest.mark.parametrize(("needs", "words"), [([], "has a free place"), (["interpreter"], "is full or ends too late")])
def test_a_run_out_hold_leaves_a_free_place_and_an_interpreter_takes_another(
    place: Booking, needs: list[str], words: str
) -> None:
    session = first_session(place.course)
    requirement = wanting(session)
    person = Participant.objects.get(pk=requirement.referral.participant_id)
    person.needs = needs
    person.save()
    ago = clock.now() - timedelta(hours=1)
    make_booking(place.course, wanting(session), BookingState.HELD, held_at=ago, held_until=ago + timedelta(minutes=30))
    Course.objects.filter(pk=place.course_id).update(capacity=2, taken=2)
    come(session, requirement.referral.reference)
    assert f"The course {words}." in CaseTask.objects.get().detail.replace(" and ends in time", "")


def test_nothing_is_written_down_before_the_register_is_open() -> None:
    booking = seat(make_running_course(people=0, started=-timedelta(hours=1)))
    session, user = first_session(booking.course), trainer_of(first_session(booking.course))
    values: dict[str, Any] = {"session": session, "user": user, "by": user.as_actor(), "at": clock.now()}
    with pytest.raises(RegisterIsNotOpenYet):
        raise_concern(booking=booking, words=WORDS, **values)
    with pytest.raises(RegisterIsNotOpenYet):
        record_walk_in(first_name="Ann", reference="", **values)


def test_what_was_done_about_a_volunteers_concern_is_written_down_once() -> None:
    concern, open_one = make_concern(raised_at=clock.now()), make_concern(raised_at=clock.now() - timedelta(hours=1))
    first, second = (sign_in(Client(), make_user(Role.SUPPORT)) for _ in range(2))
    address = reverse("concern-follow-up", args=[concern.public_id])
    assert address in first.get(reverse("concern-list")).content.decode()
    answer = first.post(address, {"words": " "})
    assert (answer.status_code, "Say what you did" in answer.content.decode()) == (422, True)
    assert first.post(address, {"words": "Rang; safe with her sister."}).status_code == 303
    late = second.post(address, {"words": "Rang too."}, follow=True).content.decode()
    assert ["written down already" in late, "Rang; safe with her sister." in late, "Rang too." in late] == [
        True,
        True,
        False,
    ]
    assert address not in late
    assert list(concerns_to_read(make_user(Role.SUPPORT))) == [open_one, concern]
    assert ConcernFollowUp.objects.get().concern == concern
    event = AuditEvent.objects.get(action="concern.followed-up")
    assert (event.subject_id, event.case_id) == (concern.pk, concern.booking.requirement.referral_id)


def test_only_the_service_team_writes_it_and_only_of_volunteers(place: Booking) -> None:
    of_an_agency, of_a_volunteer = make_concern(place), make_concern()
    address = reverse("concern-follow-up", args=[of_an_agency.public_id])
    assert sign_in(Client(), make_user(Role.SUPPORT)).post(address, {"words": "x"}).status_code == 404
    address = reverse("concern-follow-up", args=[of_a_volunteer.public_id])
    officer = place.requirement.referral.officer
    assert sign_in(Client(), officer).post(address, {"words": "x"}).status_code in {403, 404}
    assert not ConcernFollowUp.objects.exists()


def test_what_was_done_is_a_fact() -> None:
    concern = make_concern()
    done = ConcernFollowUp.objects.create(concern=concern, words="x", done_at=clock.now(), done_by=concern.raised_by)
    with pytest.raises(DatabaseError), transaction.atomic():
        ConcernFollowUp.objects.filter(pk=done.pk).update(done_at=clock.now())

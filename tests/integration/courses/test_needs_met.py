"""Needs decide which courses are shown and how many seats a booking takes; why a course is missing is never told."""

from datetime import timedelta

import pytest
from django.db.models import QuerySet

from courses.models import Booking, Course
from courses.queries.registers import expected_people
from courses.queries.search import Criteria, courses_that_fit
from courses.services.booking import CourseIsFull, hold_place, lapse_holds, release_hold
from diversion.core import clock
from diversion.referrals.models import NonAssociation, Participant, Requirement
from tests.factories import (
    make_booking,
    make_course,
    make_participant,
    make_referral,
    make_requirement,
    make_scheme,
    make_venue,
)
from tests.factories.people import make_agency

pytestmark = pytest.mark.django_db


def needing(*needs: str, **fields: object) -> Requirement:
    scheme = make_scheme()
    person = make_participant(scheme.agency, needs=list(needs), **fields)
    return make_requirement(make_referral("accepted", scheme=scheme, participant=person))


def person_of(requirement: Requirement) -> Participant:
    assert requirement.referral.participant is not None
    return requirement.referral.participant


def found(requirement: Requirement) -> list[Course]:
    courses: QuerySet[Course] = courses_that_fit(requirement=requirement, criteria=Criteria(), at=clock.now())
    return list(courses)


def hold(course: Course, requirement: Requirement) -> Booking:
    by = person_of(requirement).user.as_actor()
    return hold_place(course=course, requirement=requirement, by=by, at=clock.now())


def on_the_same_programme(programme: object, **fields: object) -> Requirement:
    """Somebody of another agency who needs the same programme."""
    scheme = make_scheme(make_agency(), programme=programme)
    return make_requirement(make_referral("accepted", scheme=scheme, participant=make_participant(scheme.agency, **fields)))


def test_only_courses_without_steps_or_online() -> None:
    requirement = needing("step-free")
    steps = make_course(requirement.programme, venue=make_venue(step_free=False))
    level = make_course(requirement.programme, venue=make_venue(step_free=True))
    assert found(requirement) == [level]
    with pytest.raises(CourseIsFull):
        hold(steps, requirement)


def test_only_single_sex_groups_for_whoever_needs_one() -> None:
    requirement = needing("single-sex")
    mixed = make_course(requirement.programme)
    single = make_course(requirement.programme, single_sex=True)
    assert found(requirement) == [single]
    with pytest.raises(CourseIsFull):
        hold(mixed, requirement)
    assert hold(single, requirement).seats == 1


@pytest.mark.parametrize("need", ["interpreter", "bsl"])
def test_an_interpreter_takes_a_seat_and_gives_it_back(need: str) -> None:
    requirement = needing(need)
    narrow = make_course(requirement.programme, capacity=1)
    wide = make_course(requirement.programme, capacity=2)
    assert found(requirement) == [wide]
    with pytest.raises(CourseIsFull):
        hold(narrow, requirement)
    booking = hold(wide, requirement)
    assert (booking.seats, Course.objects.get(pk=wide.pk).taken) == (2, 2)
    release_hold(booking=booking, by=person_of(requirement).user.as_actor(), at=clock.now())
    assert Course.objects.get(pk=wide.pk).taken == 0


def test_two_seats_that_ran_out_are_free_at_once() -> None:
    requirement = needing("interpreter")
    course = make_course(requirement.programme, capacity=2)
    hold(course, requirement)
    other = on_the_same_programme(requirement.programme, needs=["bsl"])
    assert found(other) == []
    later = clock.now() + timedelta(minutes=31)
    assert list(courses_that_fit(requirement=other, criteria=Criteria(), at=later)) == [course]
    assert lapse_holds(at=later) == 1
    assert Course.objects.get(pk=course.pk).taken == 0


@pytest.mark.parametrize("first_names", ["", "Olivia"])
def test_somebody_named_is_never_met(first_names: str) -> None:
    requirement = needing()
    course = make_course(requirement.programme)
    other = on_the_same_programme(requirement.programme, given_names="Olivia Jane", family_name="Other")
    make_booking(course, other)
    assert found(requirement) == [course]
    NonAssociation.objects.create(
        participant=person_of(requirement), other_family_name="OTHER", other_given_names=first_names, made_at=clock.now()
    )
    assert found(requirement) == []
    with pytest.raises(CourseIsFull) as told:
        hold(course, requirement)
    assert str(told.value) == str(CourseIsFull.sentence)


def test_nor_does_the_named_one_meet_whoever_named_them() -> None:
    requirement = needing(given_names="Olivia", family_name="Other")
    course = make_course(requirement.programme)
    afraid = on_the_same_programme(requirement.programme)
    make_booking(course, afraid)
    NonAssociation.objects.create(participant=person_of(afraid), other_family_name="Other", made_at=clock.now())
    assert found(requirement) == []
    with pytest.raises(CourseIsFull):
        hold(course, requirement)


def test_people_of_one_incident_do_not_meet_across_agencies() -> None:
    requirement = needing()
    course = make_course(requirement.programme)
    other = on_the_same_programme(requirement.programme)
    make_booking(course, other)
    for each, number in ((requirement, "i/77 a"), (other, "I/77A")):
        NonAssociation.objects.create(participant=person_of(each), incident=number, made_at=clock.now())
    assert found(requirement) == []


def test_another_first_name_is_another_person_and_a_note_taken_back_no_longer_counts() -> None:
    requirement = needing()
    course = make_course(requirement.programme)
    make_booking(course, on_the_same_programme(requirement.programme, given_names="Olivia", family_name="Other"))
    common = {"participant": person_of(requirement), "other_family_name": "Other", "made_at": clock.now()}
    NonAssociation.objects.create(other_given_names="Barnaby", **common)
    NonAssociation.objects.create(ended_at=clock.now(), **common)
    assert found(requirement) == [course]
    assert hold(course, requirement).course == course


def test_the_register_says_what_is_needed_and_never_why() -> None:
    requirement = needing("interpreter", interpreter_language="Polish", needs_notes="Diagnosisword")
    course = make_course(requirement.programme)
    make_booking(course, requirement)
    (person,) = expected_people(course.sessions.get())
    assert person.needs == ["Interpreter (Polish)"]
    assert "Diagnosisword" not in repr(person)

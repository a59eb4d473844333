"""What holds of a plan whatever is closed or taken."""

from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.planning import (
    MOST_COURSES,
    Lesson,
    Meeting,
    NoDayToMeet,
    Pattern,
    Plan,
    Planned,
    Reason,
    Skip,
    Slot,
    Taken,
    Why,
    mark_clashes,
    plan_course,
    plan_run,
    shift_course,
)
from diversion.core import clock

TUESDAY = date(2027, 1, 5)
EVENING = Slot(1, time(18, 30))
SATURDAY = Slot(5, time(10))
HOLIDAY = Reason(Why.HOLIDAY, "A holiday")
LESSONS = [Lesson(n, f"Part {n}", 120) for n in (1, 2, 3)]
WEEK = timedelta(weeks=1)
OWN = UUID(int=1)

days_off = st.sets(st.integers(0, 60).map(lambda n: TUESDAY + n * WEEK), max_size=9)
lengths = st.lists(st.integers(15, 480), min_size=1, max_size=6)
hours = st.times(min_value=time(6), max_value=time(20)).map(lambda t: t.replace(second=0, microsecond=0))


def lessons(minutes: list[int]) -> list[Lesson]:
    return [Lesson(n, f"Part {n}", each) for n, each in enumerate(minutes, start=1)]


def meeting_days(planned: Planned) -> list[date]:
    return [clock.day_of(each.starts_at) for each in planned.meetings]


def plan(closed: set[date], *, slots: list[Slot] | None = None, **fields: object) -> Plan:
    """In one slot, on Tuesdays in the evening, if nothing else is said."""
    usual = {"lessons": LESSONS, "first_on": TUESDAY, "slots": slots or [EVENING], "count": 3}
    pattern = Pattern(**{**usual, **fields})  # type: ignore[arg-type]
    return plan_run(pattern, closed=dict.fromkeys(closed, HOLIDAY))


@given(days_off, lengths, hours, st.integers(1, 4), st.integers(1, 20))
def test_nobody_meets_on_a_closed_day_and_the_order_and_the_london_time_stand(
    off: set[date], minutes: list[int], at_time: time, every: int, count: int
) -> None:
    made = plan(off, lessons=lessons(minutes), slots=[Slot(1, at_time)], every_weeks=every, count=count)
    assert len(made.courses) == count
    for course in made.courses:
        days = meeting_days(course)
        assert not set(days) & off
        assert days == sorted(set(days))
        assert {day.weekday() for day in days} == {TUESDAY.weekday()}
        walls = [clock.london_wall(each.starts_at).time() for each in course.meetings]
        assert walls == [at_time] * len(minutes)
        assert [each.ends_at - each.starts_at for each in course.meetings] == [timedelta(minutes=m) for m in minutes]
        assert [each.position for each in course.meetings] == list(range(1, len(minutes) + 1))


@given(days_off, st.integers(1, 4), st.integers(1, 20))
def test_every_day_passed_over_is_told_with_its_reason(off: set[date], every: int, count: int) -> None:
    made = plan(off, every_weeks=every, count=count)
    begins = [meeting_days(course)[0] for course in made.courses]
    slots = [TUESDAY + n * every * WEEK for n in range((begins[-1] - TUESDAY) // (every * WEEK) + 1)]
    assert sorted([*begins, *(skip.day for skip in made.skipped)]) == slots
    for course in made.courses:
        days = meeting_days(course)
        between = {days[0] + n * WEEK for n in range((days[-1] - days[0]) // WEEK + 1)}
        assert {skip.day for skip in course.skipped} == between - set(days)
    assert {skip.day for skip in (*made.skipped, *(skip for course in made.courses for skip in course.skipped))} <= off


@given(days_off, st.integers(1, 10))
def test_a_term_again_keeps_its_order_lengths_and_times(off: set[date], weeks: int) -> None:
    closed = dict.fromkeys(off, HOLIDAY)
    before = plan_course(LESSONS, TUESDAY, time(18, 30), closed={}).meetings
    after = shift_course(before, weeks=weeks, closed=closed)
    days = meeting_days(after)
    assert not set(days) & off
    assert days == sorted(set(days))
    assert days[0] >= TUESDAY + weeks * WEEK
    same = [(m.position, m.title, m.ends_at - m.starts_at, clock.london_wall(m.starts_at).time()) for m in after.meetings]
    assert same == [(m.position, m.title, m.ends_at - m.starts_at, clock.london_wall(m.starts_at).time()) for m in before]
    if not off:
        assert days == [TUESDAY + (weeks + n) * WEEK for n in range(3)]


def test_a_run_skips_a_holiday_within_a_course_and_a_slot_on_one() -> None:
    made = plan({TUESDAY + WEEK, TUESDAY + 6 * WEEK}, every_weeks=3, count=3)
    assert [meeting_days(course) for course in made.courses] == [
        [TUESDAY + n * WEEK for n in weeks] for weeks in ((0, 2, 3), (3, 4, 5), (9, 10, 11))
    ]
    assert made.skipped == (Skip(TUESDAY + 6 * WEEK, HOLIDAY),)
    assert made.courses[0].skipped == (Skip(TUESDAY + WEEK, HOLIDAY),)


def slot_of(moment: datetime) -> Slot:
    wall = clock.london_wall(moment)
    return Slot(wall.weekday(), wall.time())


slot_sets = st.sets(st.builds(Slot, st.integers(0, 6), hours), min_size=1, max_size=3)
any_days_off = st.sets(st.integers(0, 200).map(lambda n: TUESDAY + timedelta(days=n)), max_size=40)


@given(any_days_off, slot_sets, st.integers(1, 4), st.integers(1, 20))
def test_courses_begin_in_every_slot_in_order_and_each_keeps_to_its_own(
    off: set[date], slots: set[Slot], every: int, count: int
) -> None:
    made = plan(off, slots=sorted(slots), every_weeks=every, count=count)
    assert len(made.courses) == count
    begins = [course.meetings[0].starts_at for course in made.courses]
    assert begins == sorted(set(begins))
    for course in made.courses:
        assert {slot_of(each.starts_at) for each in course.meetings} <= slots
        assert len({slot_of(each.starts_at) for each in course.meetings}) == 1
        assert not set(meeting_days(course)) & off
    starts = [clock.london(d, s.at_time.hour, s.at_time.minute) for d, s in all_starts(slots, every, until=begins[-1])]
    assert begins == [each for each in starts if clock.day_of(each) not in off]
    shut = {clock.day_of(each) for each in starts} & off
    assert [skip.day for skip in made.skipped] == sorted(shut)


def all_starts(slots: set[Slot], every: int, *, until: datetime) -> list[tuple[date, Slot]]:
    """Day by day, by the calendar: an answer worked out another way."""
    days = [TUESDAY + timedelta(days=n) for n in range((clock.day_of(until) - TUESDAY).days + 1)]
    found = [(day, slot) for day in days for slot in sorted(slots)
             if slot.weekday == day.weekday() and (day - TUESDAY).days // 7 % every == 0]  # fmt: skip
    return [each for each in found if clock.london(each[0], each[1].at_time.hour, each[1].at_time.minute) <= until]


def test_a_second_slot_is_more_courses_and_counts_with_the_first() -> None:
    saturday = TUESDAY + timedelta(days=4)
    made = plan({saturday, TUESDAY + 2 * WEEK}, slots=[SATURDAY, EVENING, SATURDAY], every_weeks=2, count=3)
    assert [meeting_days(course) for course in made.courses] == [
        [TUESDAY, TUESDAY + WEEK, TUESDAY + 3 * WEEK],
        [saturday + n * WEEK for n in (2, 3, 4)],
        [TUESDAY + n * WEEK for n in (4, 5, 6)],
    ]
    assert made.skipped == (Skip(saturday, HOLIDAY), Skip(TUESDAY + 2 * WEEK, HOLIDAY))


def test_two_slots_of_one_closed_day_tell_of_it_once_and_a_slot_that_never_opens_is_refused() -> None:
    made = plan({TUESDAY}, slots=[Slot(1, time(9)), EVENING], count=2)
    assert (made.skipped, [meeting_days(course)[0] for course in made.courses]) == (
        (Skip(TUESDAY, HOLIDAY),),
        [TUESDAY + WEEK] * 2,
    )
    saturdays = {TUESDAY + timedelta(days=4) + n * WEEK for n in range(15)}
    assert len(plan(saturdays, slots=[EVENING, SATURDAY], count=12).courses) == 12
    with pytest.raises(NoDayToMeet):
        plan(saturdays, slots=[EVENING, SATURDAY], count=14)


def test_until_a_day_counts_that_day_and_nobody_plans_for_ever() -> None:
    assert len(plan(set(), count=None, until=TUESDAY + 4 * WEEK).courses) == 5
    assert len(plan(set(), count=None, until=TUESDAY + 4 * WEEK - timedelta(days=1)).courses) == 4
    assert plan(set(), count=None, until=TUESDAY - timedelta(days=1)).courses == ()
    assert len(plan(set(), count=None, until=date(2099, 1, 1)).courses) == MOST_COURSES
    with pytest.raises(NoDayToMeet):
        plan({TUESDAY + n * WEEK for n in range(1, 15)})
    with pytest.raises(NoDayToMeet):
        plan({TUESDAY + n * WEEK for n in range(15)})


def test_the_time_is_londons_when_the_clocks_change_between() -> None:
    """They go forward on 28 March 2027."""
    made = plan_course(LESSONS, date(2027, 3, 23), time(18, 30), closed={})
    assert [each.starts_at.hour for each in made.meetings] == [18, 17, 17]


def test_a_plan_clashes_with_what_is_there_and_with_itself() -> None:
    course = plan_course(LESSONS, TUESDAY, time(18, 30), closed={})
    room, other = uuid4(), uuid4()
    needs = {1: {OWN}, 2: {OWN, room}, 3: {room}}
    first = course.meetings[0]
    touching = Taken(first.ends_at, first.ends_at + timedelta(hours=1), OWN)
    elsewhere = Taken(first.starts_at, first.ends_at, other)
    there = Taken(first.starts_at - timedelta(hours=1), first.starts_at + timedelta(minutes=1), OWN)
    alone, again = mark_clashes([(course, needs), (course, needs)], [touching, elsewhere])
    assert alone.clashes == ()
    assert set(again.clashes) == {(1, OWN), (2, OWN), (2, room), (3, room)}
    assert mark_clashes([(course, needs)], [there])[0].clashes == ((1, OWN),)


@given(st.integers(-300, 300))
def test_two_clash_when_they_overlap_and_never_when_they_touch(minutes: int) -> None:
    start = clock.london(TUESDAY, 12)
    mine = Meeting(1, "x", start, start + timedelta(minutes=120))
    taken = Taken(start + timedelta(minutes=minutes), start + timedelta(minutes=minutes + 120), OWN)
    found = mark_clashes([(Planned((mine,)), {1: {OWN}})], [taken])[0].clashes
    assert bool(found) == (abs(minutes) < 120)

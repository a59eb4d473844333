"""A venue loses its step-free access as people who need it take places there: each is refused, or their officer is asked."""

from functools import partial

import pytest

from courses.enums import BookingState
from courses.models import Booking
from courses.services.booking import hold_place
from courses.services.venues import save_venue
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.referrals.enums import Need, TaskKind
from diversion.referrals.models import CaseTask
from tests.concurrency.test_last_place import at_once
from tests.factories import make_course, make_needing, make_programme, make_provider, make_venue
from tests.integration.courses.test_access_changes import FACTS

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.timeout(180)]
BY = Actor.system("tests")


@pytest.mark.parametrize("round_", range(6))
def test_nobody_is_left_with_a_place_they_cannot_get_into_unseen(round_: int) -> None:
    programme = make_programme()
    provider = make_provider(programme)
    venue = make_venue(provider)
    course = make_course(programme, provider=provider, venue=venue, capacity=20)
    facts = {name: getattr(venue, name) for name in FACTS} | {"step_free": False}
    at = clock.now()
    wanting = [make_needing(programme, Need.STEP_FREE) for _ in range(6)]
    holds = [partial(hold_place, course=course, requirement=each, by=BY, at=at) for each in wanting]
    save = partial(save_venue, provider=provider, venue=venue, facts=facts, by=BY, at=at)
    *held, saved = at_once([*holds, save])
    assert saved == "yes"
    assert set(held) <= {"yes", "CourseIsFull"}
    places = set(Booking.objects.filter(state=BookingState.HELD).values_list("pk", flat=True))
    assert len(places) == held.count("yes")
    assert places == set(CaseTask.objects.filter(kind=TaskKind.SERVICE_FAILURE).values_list("subject_id", flat=True))

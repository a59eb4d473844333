"""One way to make each thing a test needs. Plain functions: the least that is valid, everything else by keyword.

Rows are written in the state asked for, without the story that led there; journeys tell the story through the services.
"""

from tests.factories.courses import (
    make_booking,
    make_concern,
    make_course,
    make_provider,
    make_room,
    make_session,
    make_time_away,
    make_trainer,
    make_trainer_licence,
    make_venue,
    make_visit,
)
from tests.factories.people import make_agency, make_organisation, make_user
from tests.factories.referrals import (
    make_offer,
    make_participant,
    make_programme,
    make_referral,
    make_requirement,
    make_scheme,
    make_version,
    make_volunteer,
)
from tests.factories.waiting import make_full_course, make_needing, make_wait

__all__ = [
    "make_agency",
    "make_booking",
    "make_concern",
    "make_course",
    "make_full_course",
    "make_needing",
    "make_offer",
    "make_organisation",
    "make_participant",
    "make_programme",
    "make_provider",
    "make_referral",
    "make_requirement",
    "make_room",
    "make_scheme",
    "make_session",
    "make_time_away",
    "make_trainer",
    "make_trainer_licence",
    "make_user",
    "make_venue",
    "make_version",
    "make_visit",
    "make_volunteer",
    "make_wait",
]

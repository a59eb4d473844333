"""What a programme allows of its courses: where they are taught, and whether one may be for a single sex (C1)."""

from django.utils.translation import gettext_lazy as _

from courses.models import Course
from diversion.core.errors import Refusal
from diversion.referrals.enums import Mode
from diversion.referrals.models import Programme


class NeedsAVenue(Refusal):
    sentence = _("%(programme)s is taught in a room. Choose a venue.")
    field = "venue"


class IsTaughtOnline(Refusal):
    sentence = _("%(programme)s is taught online. Choose no venue.")
    field = "venue"


class IsForEverybody(Refusal):
    sentence = _("Courses of %(programme)s are for everybody.")
    field = "single_sex"


def check_allowed(programme: Programme, *, online: bool, single_sex: bool) -> None:
    """The programme, as it is now, has courses of this kind. Asked when one is planned, drafted and opened.

    :raises NeedsAVenue, IsTaughtOnline, IsForEverybody: as their sentences say.
    """
    refusal: type[Refusal] | None = None
    if programme.mode == Mode.ROOM and online:
        refusal = NeedsAVenue
    elif programme.mode == Mode.ONLINE and not online:
        refusal = IsTaughtOnline
    elif single_sex and not programme.single_sex:
        refusal = IsForEverybody
    if refusal:
        raise refusal(str(refusal.sentence) % {"programme": programme.name})


def check_course_allowed(course: Course) -> None:
    """A course, stored or not, is of a kind that its programme allows.

    :raises NeedsAVenue, IsTaughtOnline, IsForEverybody: as their sentences say.
    """
    check_allowed(course.programme, online=course.is_online, single_sex=course.single_sex)

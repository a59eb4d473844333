"""Why a case was closed, as the person it was about reads it: kind, plain, and nothing that is not theirs to know."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from diversion.referrals.enums import ClosureReason as C

_NOTHING_TO_DO = _("There is nothing you need to do.")
_THEY_WRITE = _("The people who made the offer will tell you what happens next.")

WORDS: Mapping[str, tuple[Promise, Promise]] = {
    C.FINE_PAID: (_("The fine was paid instead, so there is no course to do."), _NOTHING_TO_DO),
    C.CHARGED: (_("It is now dealt with in another way."), _THEY_WRITE),
    C.CUSTODY: (_("You could not take part at the time."), _("If you want to know more, ask for help.")),
    C.INELIGIBLE: (_("This course turned out not to be the right one for you."), _THEY_WRITE),
    C.NEW_INFORMATION: (_("The people who made the offer have learned something new."), _THEY_WRITE),
    C.NO_FURTHER_ACTION: (_("The people who made the offer have decided that you do not have to do it."), _NOTHING_TO_DO),
    C.HEALTH: (_("You do not have to take part, because of your health."), _THEY_WRITE),
    C.MOVED: (_("You do not have to take part, because you have moved away."), _THEY_WRITE),
    C.TRANSFERRED: (_("Other people are looking after this now."), _("They will write to you.")),
    C.MADE_IN_ERROR: (_("It was made by mistake. We are sorry."), _NOTHING_TO_DO),
    C.LEFT: (_("You told us that you do not want to go on."), _NOTHING_TO_DO),
}
PLAINEST = (_("The people who made the offer have closed it."), _THEY_WRITE)


def closure_words(reason: str) -> str:
    """One or two short sentences. A reason that is nobody's to read here has the plainest words there are."""
    return " ".join(str(sentence) for sentence in WORDS.get(reason, PLAINEST))

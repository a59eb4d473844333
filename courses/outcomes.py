"""What each attendance outcome means on the two axes, and who may record it (domain section 6, rule 4).

Everything that follows a mark is decided by the axes, never by the code: a new code is a new row here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses.enums import OutcomeCode
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission


@dataclass(frozen=True, slots=True)
class Outcome:
    """One code. `attended`: the person was there. `complied`: nothing is held against them."""

    code: OutcomeCode
    hint: Promise
    attended: bool
    complied: bool
    recorded_with: Permission

    @property
    def words(self) -> str:
        """The outcome as the register and the officer's page say it."""
        return str(self.code.label)

    @property
    def counts(self) -> bool:
        """The session is behind the person: there and nothing held against them."""
        return self.attended and self.complied


def _by_provider(code: OutcomeCode, hint: Promise, *, attended: bool, complied: bool) -> Outcome:
    return Outcome(code, hint, attended, complied, Permission.MARK_REGISTER)


OUTCOMES: Mapping[str, Outcome] = {
    outcome.code: outcome
    for outcome in (
        _by_provider(OutcomeCode.ATTC, _("Present throughout and took part."), attended=True, complied=True),
        _by_provider(
            OutcomeCode.REFL, _("Turned away at the door. Say how many minutes late."), attended=False, complied=False
        ),
        _by_provider(
            OutcomeCode.UAAB, _("Nobody has told you why."), attended=False, complied=False
        ),
        _by_provider(
            OutcomeCode.ATSS, _("Trainer ill, room shut or system down. It does not count against them."),
            attended=True, complied=True,
        ),
        _by_provider(OutcomeCode.AFTC, _("Stayed, but would not join in."), attended=True, complied=False),
        _by_provider(OutcomeCode.ATSH, _("You asked them to leave."), attended=True, complied=False),
    )
}  # fmt: skip
"""In the order in which a register offers them."""


def outcomes_for(user: User) -> list[Outcome]:
    """The outcomes that this person's role may record."""
    return [outcome for outcome in OUTCOMES.values() if user.may(outcome.recorded_with)]

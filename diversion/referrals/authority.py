"""Who may decide on a referral: of a rank that the disposal asks for, and never who submitted it (R5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from diversion.accounts.enums import Rank
from diversion.accounts.models import User
from diversion.accounts.policies import Standing, standings
from diversion.core.errors import Refusal
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Disposal, Referral
from diversion.referrals.queries import disposals_on

OR_ABOVE: Mapping[int, str | Promise] = {
    Rank.NONE: _("anybody who authorises"),
    Rank.CONSTABLE: _("a constable or above"),
    Rank.SERGEANT: _("a sergeant or above"),
    Rank.INSPECTOR: _("an inspector or above"),
    Rank.CHIEF_INSPECTOR: _("a chief inspector or above"),
    Rank.SUPERINTENDENT: _("a superintendent or above"),
}


class ReferralIsDecided(Refusal):
    sentence = _("This referral is no longer waiting for authorisation.")


class ProposerCannotAuthorise(Refusal):
    sentence = _("You submitted this referral, so somebody else must decide on it.")


class RankIsTooLow(Refusal):
    """Neither one's own rank nor one held that day is what the disposal asks for."""


@dataclass(frozen=True)
class Warrant:
    """With which rank one referral is decided, which rank it asks for, and in whose stead, if in somebody's."""

    rank: int
    required: int
    in_stead_of: User | None


@dataclass(frozen=True)
class Authority:
    """What somebody may decide on one day. `required` holds, for each row of disposals, the rank it asks for that day."""

    user: User
    ranks: Sequence[Standing]
    required: Mapping[UUID, int]

    def over(self, referral: Referral) -> Warrant:
        """The rank to decide it with: one's own where that is enough, else one held for a colleague who did not submit it.

        :raises ReferralIsDecided: it is not waiting.
        :raises ProposerCannotAuthorise: the person submitted it.
        :raises RankIsTooLow: no rank of theirs is enough; the sentence says which is.
        """
        if referral.state != ReferralState.AWAITING_AUTHORISATION or referral.disposal is None:
            raise ReferralIsDecided()
        if referral.submitted_by_id == self.user.pk:
            raise ProposerCannotAuthorise()
        needed = self.required[referral.disposal.pk]
        for each in self.ranks:
            proposed = each.in_stead_of is not None and each.in_stead_of.pk == referral.submitted_by_id
            if each.rank >= needed and not proposed:
                return Warrant(rank=each.rank, required=needed, in_stead_of=each.in_stead_of)
        words = {"disposal": referral.disposal.name, "rank": OR_ABOVE[needed]}
        raise RankIsTooLow(_g("“%(disposal)s” is authorised by %(rank)s.") % words)

    def why_not(self, referral: Referral) -> str:
        """Why this person may not decide it, in words; empty when they may."""
        try:
            self.over(referral)
        except Refusal as refusal:
            return str(refusal.sentence)
        return ""

    def decidable(self) -> Q:
        """The same as a filter on waiting referrals."""
        rule = Q(pk__in=[])
        for each in self.ranks:
            enough = Q(disposal__in=[row for row, needed in self.required.items() if each.rank >= needed])
            rule |= enough & ~Q(submitted_by=each.in_stead_of) if each.in_stead_of else enough
        return rule & ~Q(submitted_by=self.user)


def authority_of(user: User, *, on: date) -> Authority:
    """What somebody may decide on a London day. Three queries, however many referrals are asked about."""
    return Authority(user=user, ranks=standings(user, on=on), required=required_ranks(on=on))


def required_ranks(*, on: date) -> dict[UUID, int]:
    """For each row of disposals the rank asked for by the row of the same kind in force that day; without one, its own."""
    rows = list(Disposal.objects.all())
    in_force = disposals_on({row.code for row in rows}, day=on)
    return {row.pk: in_force.get(row.code, row).authoriser_rank for row in rows}

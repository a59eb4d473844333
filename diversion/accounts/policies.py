"""With which rank somebody acts, and in whose stead: the one home of effective rank (R5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from diversion.accounts.enums import OrganisationKind, Rank, Stead
from diversion.accounts.models import Membership, Organisation, User
from diversion.accounts.roles import STEAD_NEEDS
from diversion.core.errors import Refusal


class RankIsOfAgencies(Refusal):
    """Providers and the service team have no ranks."""

    sentence = _("Only an agency’s staff have ranks.")
    field = "rank"


@dataclass(frozen=True)
class Standing:
    """A rank one may act with on a day, and whose it is when it is not one's own."""

    rank: int
    in_stead_of: User | None = None


def check_rank(rank: int, *, organisation: Organisation) -> None:
    """:raises RankIsOfAgencies: somebody of another kind of organisation would get a rank."""
    if rank != Rank.NONE and organisation.kind != OrganisationKind.AGENCY:
        raise RankIsOfAgencies


def stood_in_for(user: User, *, what: Stead, on: date) -> QuerySet[Membership]:
    """Whose stead somebody holds on a London day, the most senior first: colleagues who still work in the same organisation
    and may themselves still do it. What a colleague holds from a third person is not passed on."""
    given = Membership.objects.colleagues_of(user).who_may(STEAD_NEEDS[what])
    return (
        given.filter(
            user__delegations_given__to_user=user,
            user__delegations_given__what=what,
            user__delegations_given__starts_on__lte=on,
            user__delegations_given__ends_on__gte=on,
            user__delegations_given__ended_at=None,
        )
        .select_related("user")
        .order_by("-rank", "pk")
    )


def standings(user: User, *, on: date) -> Sequence[Standing]:
    """Every rank somebody may authorise with on a London day: their own, then those they hold, the highest first."""
    if user.membership is None:
        return [Standing(Rank.NONE)]
    held = stood_in_for(user, what=Stead.AUTHORISING, on=on)
    return [Standing(user.membership.rank), *(Standing(each.rank, in_stead_of=each.user) for each in held)]


def rank_of(user: User, *, on: date) -> Standing:
    """The highest of them; one's own where a held one is no higher."""
    return max(standings(user, on=on), key=lambda each: each.rank)

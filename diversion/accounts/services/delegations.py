"""Standing in for a colleague from one day to another, both included: to authorise with their rank, or to look after their cases."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from diversion.accounts.enums import Stead
from diversion.accounts.models import Delegation, Membership, User
from diversion.accounts.permissions import Permission
from diversion.accounts.roles import STEAD_NEEDS
from diversion.accounts.signals import staff_message_due
from diversion.audit.trail import record_change
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.core.moments import day_words


class NotYoursToGive(Refusal):
    """Only the person themselves, or a colleague who may invite, says who stands in for them."""

    sentence = _("Only they, or somebody who manages colleagues, can say who stands in for them.")
    field = "of_user"


class NothingToGive(Refusal):
    """The giver's role does not do what somebody would do for them."""

    sentence = _("Their role does not include this, so nobody can do it for them.")
    field = "of_user"


class ColleagueMayNotStandIn(Refusal):
    """The holder is of another organisation, has left, is the giver, or has a role that may not do it."""

    sentence = _("This colleague cannot do it. Choose somebody whose role includes it.")
    field = "to_user"


class RankIsForYourself(Refusal):
    """A rank is lent by whoever has it, or by a third person: nobody helps themselves to one."""

    sentence = _("You cannot give yourself a colleague’s rank. Ask them, or somebody else who manages colleagues.")
    field = "to_user"


class FirstDayIsPast(Refusal):
    sentence = _("The first day cannot be in the past.")
    field = "starts_on"


class DaysAreTheWrongWayRound(Refusal):
    sentence = _("The last day cannot be before the first.")
    field = "ends_on"


class SomebodyStandsInAlready(Refusal):
    """One kind of stead has one holder on a day."""

    field = "starts_on"


@transaction.atomic
def make_delegation(
    *,
    what: Stead,
    of_user: User,
    to_user: User,
    starts_on: date,
    ends_on: date,
    user: User,
    by: Actor,
    at: datetime,
) -> Delegation:
    """Let a colleague stand in from a first to a last London day, and write to them. Doing it again gives the same row.

    `user` makes it: usually the giver; somebody who may invite also for a colleague who is ill, who is then written to as well.

    :raises NotYoursToGive: it is another person's, and the maker may not invite or is of another organisation.
    :raises NothingToGive: the giver has left or may not do it.
    :raises ColleagueMayNotStandIn: the holder may not do it, is of another organisation, or is the giver.
    :raises RankIsForYourself: the maker would get another person's rank.
    :raises FirstDayIsPast: it would begin before today.
    :raises DaysAreTheWrongWayRound: it would end before it begins.
    :raises SomebodyStandsInAlready: the giver has somebody for the same on one of these days.
    """
    of_user = User.objects.select_for_update().get(pk=of_user.pk)  # of two at once the second sees the first
    _check_people(what, of_user, to_user, user)
    if starts_on < clock.day_of(at):
        raise FirstDayIsPast
    if ends_on < starts_on:
        raise DaysAreTheWrongWayRound
    others = Delegation.objects.filter(of_user=of_user, what=what).overlapping(starts_on=starts_on, ends_on=ends_on)
    if other := others.select_related("to_user").first():
        if (other.to_user_id, other.starts_on, other.ends_on) == (to_user.pk, starts_on, ends_on):
            return other
        raise SomebodyStandsInAlready(_already(other))
    delegation = Delegation.objects.create(
        what=what, of_user=of_user, to_user=to_user, starts_on=starts_on, ends_on=ends_on, made_at=at, made_by=user
    )
    record_change(action="delegation.made", subject=delegation, by=by, at=at, data=_facts(delegation))
    _tell("delegation-made", delegation, by=by, at=at)
    return delegation


@transaction.atomic
def end_delegation(*, delegation: Delegation, by: Actor, at: datetime) -> None:
    """End it at once, before its last day, and write to whichever of the two did not do it. Repeating it changes nothing."""
    if not Delegation.objects.filter(pk=delegation.pk, ended_at=None).update(ended_at=at):
        return
    record_change(action="delegation.ended", subject=delegation, by=by, at=at, data=_facts(delegation))
    _tell("delegation-ended", delegation, by=by, at=at)


def end_delegations_of(*, user: User, by: Actor, at: datetime) -> None:
    """End what somebody who leaves gave or holds, inside the transaction of their leaving."""
    theirs = Delegation.objects.open(on=clock.day_of(at)).filter(Q(of_user=user) | Q(to_user=user))
    for delegation in theirs.order_by("pk"):
        end_delegation(delegation=delegation, by=by, at=at)


def _check_people(what: Stead, of_user: User, to_user: User, user: User) -> None:
    colleagues = Membership.objects.colleagues_of(user).who_may(STEAD_NEEDS[what])
    able: set[UUID] = set(colleagues.filter(user__in=[of_user, to_user]).values_list("user_id", flat=True))
    if of_user.pk != user.pk and not user.may(Permission.INVITE):
        raise NotYoursToGive
    if of_user.pk not in able:
        raise NothingToGive
    if to_user.pk not in able or to_user.pk == of_user.pk:
        raise ColleagueMayNotStandIn
    if what == Stead.AUTHORISING and to_user.pk == user.pk:
        raise RankIsForYourself


def _already(other: Delegation) -> str:
    return _g("%(name)s already does this from %(first)s to %(last)s. End that first, or choose other days.") % {
        "name": other.to_user.name,
        "first": day_words(other.starts_on),
        "last": day_words(other.ends_on),
    }


def _tell(kind: str, delegation: Delegation, *, by: Actor, at: datetime) -> None:
    for person in (delegation.to_user_id, delegation.of_user_id):
        if person != by.user_id:
            staff_message_due.send(
                Delegation, kind=kind, recipient_id=person, subject_id=delegation.pk, at=at, occurrence=""
            )


def _facts(delegation: Delegation) -> dict[str, str]:
    return {
        "what": delegation.what,
        "of_user": str(delegation.of_user_id),
        "to_user": str(delegation.to_user_id),
        "starts_on": delegation.starts_on.isoformat(),
        "ends_on": delegation.ends_on.isoformat(),
    }

"""Who sees a case: restricting it, lifting that, and the names on its list (T4). Nobody is told: least of all who is kept out.

Each change goes on the case's trail with its reason. Only who sees the case in full, and whose role restricts cases, makes one.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.audit.trail import record_change
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.access import sight_of
from diversion.referrals.enums import Access, Sight
from diversion.referrals.models import CaseAccess, Referral


class RestrictionIsNotYours(Refusal):
    sentence = _("You may not change who sees this case.")


class CaseIsNotRestricted(Refusal):
    """Allowing somebody by name says nothing while every colleague may see the case."""

    sentence = _("This case is not restricted: your colleagues can see it already.")
    field = "access"


class NotAColleague(Refusal):
    sentence = _("Choose somebody who works for your agency.")
    field = "colleague"


class RoleOpensNoCases(Refusal):
    sentence = _("This colleague’s role does not open cases, so they cannot be allowed to see one.")
    field = "colleague"


class OfficerCannotBeListed(Refusal):
    """The officer in the case sees it in full as long as it is theirs."""

    sentence = _("This is the officer in the case. They see it and cannot be excluded while it is theirs.")
    field = "colleague"


class CannotListYourself(Refusal):
    """Nobody locks themselves out of a case by a slip."""

    sentence = _("You see this case already, and you cannot exclude yourself.")
    field = "colleague"


class AlreadyOnTheList(Refusal):
    sentence = _("This colleague is on the list already. To change what it says, take them off first.")
    field = "colleague"


@transaction.atomic
def restrict_case(*, referral: Referral, reason: str, user: User, by: Actor, at: datetime) -> None:
    """Hide the case from all but its officer and whom its list allows. Doing it again changes nothing.

    Whoever restricts another officer's case is allowed by name, so that a slip can be undone; the officer may take them off.

    :raises RestrictionIsNotYours: the person does not see the case in full, or their role restricts none.
    """
    referral = _lock(referral, user)
    if referral.restricted:
        return
    referral.restricted = True
    referral.save(update_fields=["restricted"])
    record_change(action="case.restricted", subject=referral, by=by, at=at, case_id=referral.pk, reason=reason)
    if user.pk != referral.officer_id:
        _put_on_list(referral, user, Access.ALLOWED, reason=reason, user=user, by=by, at=at)


@transaction.atomic
def lift_restriction(*, referral: Referral, reason: str, user: User, by: Actor, at: datetime) -> None:
    """Open the case to the agency's staff again, but for those excluded by name. Doing it again changes nothing.

    Whom the list allowed is taken off with it: whoever restricts the case anew says anew who may see it.

    :raises RestrictionIsNotYours: the person does not see the case in full, or their role restricts none.
    """
    referral = _lock(referral, user)
    if not referral.restricted:
        return
    referral.restricted = False
    referral.save(update_fields=["restricted"])
    ended = CaseAccess.objects.filter(referral=referral, access=Access.ALLOWED, ended_at=None).update(ended_at=at)
    record_change(
        action="case.restriction-lifted",
        subject=referral,
        by=by,
        at=at,
        case_id=referral.pk,
        reason=reason,
        data={"taken_off": ended},
    )


@transaction.atomic
def allow_colleague(*, referral: Referral, colleague: User, reason: str, user: User, by: Actor, at: datetime) -> None:
    """Let one colleague see a restricted case in full.

    :raises RestrictionIsNotYours: the person does not see the case in full, or their role restricts none.
    :raises CaseIsNotRestricted: everybody sees it already.
    :raises NotAColleague: they do not work for the agency.
    :raises RoleOpensNoCases: their role sees no cases at all.
    :raises OfficerCannotBeListed: it is their own case.
    :raises CannotListYourself: it is oneself.
    :raises AlreadyOnTheList: the list names them, one way or the other.
    """
    referral = _lock(referral, user)
    _check_colleague(referral, colleague, user)
    if not referral.restricted:
        raise CaseIsNotRestricted()
    if not colleague.may(Permission.SEE_CASES):
        raise RoleOpensNoCases()
    _put_on_list(referral, colleague, Access.ALLOWED, reason=reason, user=user, by=by, at=at)


@transaction.atomic
def exclude_colleague(*, referral: Referral, colleague: User, reason: str, user: User, by: Actor, at: datetime) -> None:
    """Hide the case from one colleague entirely, whatever their role, restricted or not. They are not told.

    :raises RestrictionIsNotYours: the person does not see the case in full, or their role restricts none.
    :raises NotAColleague: they do not work for the agency.
    :raises OfficerCannotBeListed: it is their own case.
    :raises CannotListYourself: it is oneself.
    :raises AlreadyOnTheList: the list names them, one way or the other.
    """
    referral = _lock(referral, user)
    _check_colleague(referral, colleague, user)
    _put_on_list(referral, colleague, Access.EXCLUDED, reason=reason, user=user, by=by, at=at)


@transaction.atomic
def remove_from_list(*, entry: CaseAccess, reason: str, user: User, by: Actor, at: datetime) -> None:
    """Take a name off the list. Doing it again changes nothing.

    :raises RestrictionIsNotYours: the person does not see the case in full, or their role restricts none.
    """
    referral = _lock(entry.referral, user)
    if not CaseAccess.objects.filter(pk=entry.pk, ended_at=None).update(ended_at=at):
        return
    record_change(
        action="case.name-taken-off",
        subject=entry,
        by=by,
        at=at,
        case_id=referral.pk,
        reason=reason,
        data={"user": str(entry.user_id), "access": entry.access},
    )


def _lock(referral: Referral, user: User) -> Referral:
    locked: Referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if not user.may(Permission.RESTRICT) or sight_of(user, locked) != Sight.FULL:
        raise RestrictionIsNotYours()
    return locked


def _check_colleague(referral: Referral, colleague: User, user: User) -> None:
    if colleague.organisation_id != referral.agency_id or colleague.role == Role.PARTICIPANT:
        raise NotAColleague()
    if colleague.pk == referral.officer_id:
        raise OfficerCannotBeListed()
    if colleague.pk == user.pk:
        raise CannotListYourself()
    if CaseAccess.objects.filter(referral=referral, user=colleague, ended_at=None).exists():
        raise AlreadyOnTheList()


def _put_on_list(
    referral: Referral, colleague: User, access: Access, *, reason: str, user: User, by: Actor, at: datetime
) -> None:
    entry = CaseAccess.objects.create(
        referral=referral, user=colleague, access=access, reason=reason, made_at=at, made_by=user
    )
    record_change(
        action=f"case.colleague-{access}",
        subject=entry,
        by=by,
        at=at,
        case_id=referral.pk,
        reason=reason,
        data={"user": str(colleague.pk)},
    )

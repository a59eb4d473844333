"""Versions of a scheme: drafted by one person, published by another, never edited after (R1, rule 20)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import User
from diversion.audit.transitions import begin, move
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.enums import SchemeVersionState
from diversion.referrals.models import Scheme, SchemeVersion


class DraftExists(Refusal):
    sentence = _("This scheme already has a draft. Change that one, or drop it first.")


class DrafterCannotPublish(Refusal):
    sentence = _("You drafted this version, so somebody else must publish it.")


class VersionIsNotADraft(Refusal):
    sentence = _("This version is no longer a draft. Nobody can change it.")


class DayIsPast(Refusal):
    """Rules cannot come into force before they are published: nobody could have known them."""

    sentence = _("The day it comes into force cannot be before today.")
    field = "in_force_from"


class DayIsTaken(Refusal):
    sentence = _("Another version of this scheme is in force from that day.")
    field = "in_force_from"


@transaction.atomic
def draft_version(
    *, scheme: Scheme, in_force_from: date, rules: dict[str, Any], user: User, by: Actor, at: datetime
) -> SchemeVersion:
    """Begin the next version of a scheme. `rules` are the fields of `SchemeVersion` that differ from their defaults.

    :raises DraftExists: the scheme has an unpublished draft.
    """
    Scheme.objects.select_for_update().get(pk=scheme.pk)
    versions = SchemeVersion.objects.filter(scheme=scheme)
    if versions.filter(state=SchemeVersionState.DRAFTED).exists():
        raise DraftExists()
    last = versions.order_by("-number").first()
    version = SchemeVersion(
        scheme=scheme,
        number=last.number + 1 if last else 1,
        in_force_from=in_force_from,
        drafted_at=at,
        drafted_by=user,
        **rules,
    )
    begin(version, state=SchemeVersionState.DRAFTED, by=by, at=at, number=version.number)
    return version


@transaction.atomic
def publish_version(*, version: SchemeVersion, user: User, by: Actor, at: datetime) -> SchemeVersion:
    """Put a draft into force from its day. Cases offered before keep the version they were offered under.

    :raises VersionIsNotADraft: it was published or dropped.
    :raises DrafterCannotPublish: the same person drafted it.
    :raises DayIsPast: it would come into force before today.
    :raises DayIsTaken: another version comes into force on that day.
    """
    version = SchemeVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != SchemeVersionState.DRAFTED:
        raise VersionIsNotADraft()
    if version.drafted_by_id == user.pk:
        raise DrafterCannotPublish()
    if version.in_force_from < clock.day_of(at):
        raise DayIsPast()
    same_day = SchemeVersion.objects.filter(
        scheme=version.scheme_id, state=SchemeVersionState.PUBLISHED, in_force_from=version.in_force_from
    )
    if same_day.exists():
        raise DayIsTaken()
    move(
        version,
        to=SchemeVersionState.PUBLISHED,
        by=by,
        at=at,
        changes={"published_at": at, "published_by": user},
        number=version.number,
    )
    return version

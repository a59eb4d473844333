"""Schemes and their versions: drafted by one person, published by another, never edited after (R1, rule 20)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import Organisation, User
from diversion.audit.trail import record_change
from diversion.audit.transitions import begin, move
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.eligibility import check_rules
from diversion.referrals.enums import SchemeVersionState
from diversion.referrals.models import Programme, Scheme, SchemeVersion
from diversion.referrals.queries import disposals_on
from diversion.referrals.services.eligibility import DisposalIsNotInForce
from diversion.referrals.shapes import Shape

RULES = (
    "acceptance_days", "book_by_days", "complete_by_weeks", "complete_by_origin", "cap_weeks", "backstop_months",
    "backstop_margin_days", "unopened_days", "admitted_risk_levels", "eligibility", "repeat_bar_months", "repeat_counts",
    "completion_policy", "rejoin_weeks", "longest_gap_weeks", "most_moves", "free_notice_days", "full_fee_hours", "cooling_off_days", "retention_completed_months", "retention_otherwise_months", "cost_recovery_pence",
    "offer_text_en", "offer_text_cy",
)  # fmt: skip
"""The fields of a version that are rules: what the next version starts from."""


class CodeIsTaken(Refusal):
    sentence = _("Your agency already has a scheme with this code.")
    field = "code"


class DraftExists(Refusal):
    sentence = _("This scheme already has a draft. Change that one, or drop it first.")


class DrafterCannotPublish(Refusal):
    sentence = _("You drafted this version, so somebody else must publish it.")


class VersionIsNotADraft(Refusal):
    sentence = _("This version is no longer a draft. Nobody can change it.")


class DraftHasChanged(Refusal):
    sentence = _("Somebody changed this draft after you opened the page. Read it again before you publish it.")


class DayIsPast(Refusal):
    """Rules cannot come into force before they are published: nobody could have known them."""

    sentence = _("The day it comes into force cannot be before today.")
    field = "in_force_from"


class DayIsTaken(Refusal):
    sentence = _("Another version of this scheme is in force from that day.")
    field = "in_force_from"


class TimeIsBeyondCap(Refusal):
    sentence = _("The time to finish cannot be longer than the longest time allowed.")
    field = "complete_by_weeks"


class CapIsBeyondTheLaw(Refusal):
    field = "cap_weeks"


class RecordsEndBeforeBar(Refusal):
    """The bar could not be asked of records that are gone (rule 11)."""

    sentence = _("Records must be kept for longer than the repeat bar lasts.")
    field = "retention_completed_months"


@transaction.atomic
def create_scheme(
    *,
    agency: Organisation,
    shape: Shape,
    code: str,
    name: str,
    programme: Programme,
    in_force_from: date,
    user: User,
    by: Actor,
    at: datetime,
) -> SchemeVersion:
    """A new scheme in one of the four shapes, with its first version as a draft. Nobody can use it until that is published.

    :raises CodeIsTaken: the agency has a scheme with this code.
    :raises DisposalIsNotInForce: the law that the shape stands on is not in force.
    """
    Organisation.objects.select_for_update().get(pk=agency.pk)
    if Scheme.objects.filter(agency=agency, code=code).exists():
        raise CodeIsTaken()
    disposal = disposals_on([shape.disposal], day=clock.day_of(at)).get(shape.disposal)
    if disposal is None:
        raise DisposalIsNotInForce(_g("The disposal of this shape is not in force today."))
    scheme = Scheme.objects.create(agency=agency, code=code, name=name, disposal=disposal, programme=programme)
    record_change(action="scheme.created", subject=scheme, by=by, at=at, data={"code": code, "shape": shape.code})
    return draft_version(scheme=scheme, in_force_from=in_force_from, rules=shape.rules, user=user, by=by, at=at)


@transaction.atomic
def draft_version(
    *, scheme: Scheme, in_force_from: date, rules: Mapping[str, Any], user: User, by: Actor, at: datetime
) -> SchemeVersion:
    """Begin the next version of a scheme. `rules` are the fields of `SchemeVersion` that differ from their defaults.

    :raises DraftExists: the scheme has an unpublished draft.
    :raises Refusal: the rules contradict each other or the law (`_check`).
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
    _check(version)
    begin(version, state=SchemeVersionState.DRAFTED, by=by, at=at, number=version.number)
    return version


@transaction.atomic
def draft_next_version(*, scheme: Scheme, user: User, by: Actor, at: datetime) -> SchemeVersion:
    """Begin the next version as a copy of the newest published one, or of the newest dropped one where none was published.

    It is to come into force tomorrow, until somebody says otherwise.

    :raises DraftExists: the scheme has an unpublished draft.
    """
    published = scheme.versions.filter(state=SchemeVersionState.PUBLISHED).order_by("-in_force_from").first()
    model = published or scheme.versions.latest("number")
    rules = {name: getattr(model, name) for name in RULES}
    tomorrow = clock.day_of(at) + timedelta(days=1)
    return draft_version(scheme=scheme, in_force_from=tomorrow, rules=rules, user=user, by=by, at=at)


@transaction.atomic
def change_draft(
    *, version: SchemeVersion, in_force_from: date, rules: Mapping[str, Any], user: User, by: Actor, at: datetime
) -> SchemeVersion:
    """Change a draft. Whoever changed it last counts as its drafter, so that nobody publishes what they alone have read.

    :raises VersionIsNotADraft: it was published or dropped.
    :raises Refusal: the rules contradict each other or the law (`_check`).
    """
    version = _lock_draft(version)
    names = sorted(name for name, value in rules.items() if getattr(version, name) != value)
    for name, value in rules.items():
        setattr(version, name, value)
    version.in_force_from, version.drafted_by, version.drafted_at = in_force_from, user, at
    _check(version)
    version.save(update_fields=[*rules, "in_force_from", "drafted_by", "drafted_at"])
    record_change(action="scheme version.changed", subject=version, by=by, at=at, data={"fields": names})
    return version


@transaction.atomic
def drop_draft(*, version: SchemeVersion, by: Actor, at: datetime) -> None:
    """End a draft that is not wanted. Doing it twice changes nothing.

    :raises VersionIsNotADraft: it was published.
    """
    version = SchemeVersion.objects.select_for_update().get(pk=version.pk)
    if version.state == SchemeVersionState.DROPPED:
        return
    if version.state != SchemeVersionState.DRAFTED:
        raise VersionIsNotADraft()
    move(version, to=SchemeVersionState.DROPPED, by=by, at=at, number=version.number)


@transaction.atomic
def publish_version(*, version: SchemeVersion, seen: datetime, user: User, by: Actor, at: datetime) -> SchemeVersion:
    """Put a draft into force from its day. Cases offered before keep the version they were offered under.

    `seen` is the `drafted_at` of the draft as the publisher read it.

    :raises VersionIsNotADraft: it was published or dropped.
    :raises DraftHasChanged: the publisher has not read what it says now.
    :raises DrafterCannotPublish: the same person drafted it.
    :raises DayIsPast: it would come into force before today.
    :raises DayIsTaken: another version comes into force on that day.
    """
    version = _lock_draft(version)
    if version.drafted_by_id == user.pk:
        raise DrafterCannotPublish()
    if version.drafted_at != seen:
        raise DraftHasChanged()
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


def _lock_draft(version: SchemeVersion) -> SchemeVersion:
    locked: SchemeVersion = SchemeVersion.objects.select_for_update().get(pk=version.pk)
    if locked.state != SchemeVersionState.DRAFTED:
        raise VersionIsNotADraft()
    return locked


def _check(version: SchemeVersion) -> None:
    """The rules can be applied, and contradict neither each other nor the law.

    :raises RulesAreUnclear: nobody could apply the rules on who is eligible.
    :raises TimeIsBeyondCap: the time to finish is longer than the cap.
    :raises CapIsBeyondTheLaw: the cap is longer than the disposal allows.
    :raises RecordsEndBeforeBar: the repeat bar outlasts the records.
    """
    check_rules(version.eligibility)
    disposal = version.scheme.disposal
    law = disposals_on([disposal.code], day=version.in_force_from).get(disposal.code, disposal).cap_weeks
    if version.complete_by_weeks > version.cap_weeks:
        raise TimeIsBeyondCap()
    if law is not None and version.cap_weeks > law:
        words = _g("This disposal allows %(weeks)s weeks at the most.")
        raise CapIsBeyondTheLaw(words % {"weeks": law})
    if version.repeat_bar_months >= version.retention_completed_months:
        raise RecordsEndBeforeBar()

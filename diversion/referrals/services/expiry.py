"""Drafts that nobody touches: their officers are told, and after 90 days they are discarded (R2)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from diversion.audit.transitions import move
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.referrals.clocks import DRAFT_DAYS, NOTICE_DAYS, draft_is_over
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Referral
from diversion.referrals.services.telling import tell_officer


def untouched_drafts(*, before: datetime) -> Iterator[Referral]:
    """Drafts last touched before a moment, the longest untouched first."""
    drafts = Referral.objects.filter(state=ReferralState.DRAFT).annotate(last=Coalesce("edited_at", "created_at"))
    yield from drafts.filter(last__lt=before).order_by("last")


def warn_of_untouched_drafts(*, at: datetime) -> None:
    """Tell the officer of each draft that ends in a week, once for each time that it is left untouched."""
    since = clock.start_of(clock.day_of(at) - timedelta(days=DRAFT_DAYS - NOTICE_DAYS - 1))
    for draft in untouched_drafts(before=since):
        occurrence = draft.touched_at.isoformat()  # the same again is the same message
        tell_officer(kind="draft-ends-soon", referral=draft, subject_id=draft.pk, at=at, occurrence=occurrence)


@transaction.atomic
def expire_draft(*, referral: Referral, by: Actor, at: datetime) -> bool:
    """Discard a draft whose last day has passed. True when this call did; somebody may have touched it meanwhile."""
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.state != ReferralState.DRAFT or not draft_is_over(referral.touched_at, at=at):
        return False
    move(
        referral,
        to=ReferralState.VOID,
        by=by,
        at=at,
        reason=_("Nobody changed this draft for %(days)s days.") % {"days": DRAFT_DAYS},
        case_id=referral.pk,
        changes={"closed_at": at},
        untouched_days=DRAFT_DAYS,
    )
    return True

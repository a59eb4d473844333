"""What the minute tick asks of referrals. Each job may run twice: it does what is due and nothing else."""

from datetime import datetime, timedelta

from django.db.models import Q

from diversion.core import clock
from diversion.core.actor import Actor
from diversion.notifications.ticks import every_minute
from diversion.referrals.clocks import DRAFT_DAYS
from diversion.referrals.enums import ReferralState, TaskKind
from diversion.referrals.models import Offer
from diversion.referrals.services.contacts import forget_claims
from diversion.referrals.services.expiry import expire_draft, untouched_drafts, warn_of_untouched_drafts
from diversion.referrals.services.offers import expire_offer
from diversion.referrals.services.tasks import raise_task
from diversion.referrals.services.unreachable import ask_about_failed_messages

BY = Actor.system("tick")
UNOPENED_DAYS = "referral__scheme_version__unopened_days"


@every_minute("expire-offers")
def expire_offers(at: datetime) -> None:
    """End offers whose last day has passed."""
    waiting = Offer.objects.filter(referral__state=ReferralState.OFFERED, ended_at=None, expires_on__lt=clock.day_of(at))
    for offer in waiting.order_by("expires_on"):
        expire_offer(offer=offer, by=BY, at=at)


@every_minute("unopened-offers")
def ask_about_unopened_offers(at: datetime) -> None:
    """Put on the officer's list every offer that was not opened in the days its rules give, once for each issue of it."""
    unopened = Offer.objects.filter(referral__state=ReferralState.OFFERED, ended_at=None, opened_at=None)
    due = Q(pk=None)
    for days in unopened.values_list(UNOPENED_DAYS, flat=True).distinct():
        due |= Q(**{UNOPENED_DAYS: days, "issued_at__lt": clock.end_of(clock.day_of(at) - timedelta(days=days))})
    for offer in unopened.filter(due).select_related("referral__agency"):
        if not offer.referral.tasks.filter(kind=TaskKind.OFFER_NOT_OPENED, subject_id=offer.pk).exists():
            raise_task(referral=offer.referral, kind=TaskKind.OFFER_NOT_OPENED, subject_id=offer.pk, by=BY, at=at)


@every_minute("untouched-drafts")
def end_untouched_drafts(at: datetime) -> None:
    """Tell officers of drafts that end in a week, and discard those whose last day has passed."""
    warn_of_untouched_drafts(at=at)
    for draft in untouched_drafts(before=clock.start_of(clock.day_of(at) - timedelta(days=DRAFT_DAYS))):
        expire_draft(referral=draft, by=BY, at=at)


@every_minute("old-codes")
def forget_old_claims(at: datetime) -> None:
    """Delete contacts and codes that ran out."""
    forget_claims(at=at)


@every_minute("failed-messages")
def ask_about_the_unreached(at: datetime) -> None:
    """Put on the officer's list whoever our messages do not reach."""
    ask_about_failed_messages(at=at)

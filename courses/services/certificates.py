"""Proof of completion: issued once, revoked with a reason."""

from datetime import date, datetime

from django.db import transaction

from courses.messages_register import CertificateReady
from courses.models import Booking, Certificate
from courses.people import participant_of
from diversion.audit.trail import record_change
from diversion.core.actor import Actor
from diversion.notifications.outbox import queue_message
from diversion.notifications.quiet import out_of_quiet_hours


@transaction.atomic
def issue_certificate(*, booking: Booking, on: date, by: Actor, at: datetime) -> Certificate:
    """Give a completed booking its certificate and tell the person, not at night. Doing it again gives the same one.

    `on` is the London day of completion, whenever it is recorded (rule 19). A revoked one stays revoked: another takes its place.
    """
    certificate, is_new = Certificate.objects.get_or_create(
        booking=booking, revoked_at=None, defaults={"issued_at": at, "completed_on": on}
    )
    if is_new:
        referral = booking.requirement.referral
        record_change(action="certificate.issued", subject=certificate, by=by, at=at, case_id=referral.pk)
        queue_message(
            kind=CertificateReady.kind, recipient_id=participant_of(booking).pk, subject_id=certificate.pk,
            case_id=referral.pk, at=at, due_at=out_of_quiet_hours(at),
        )  # fmt: skip
    return certificate


@transaction.atomic
def revoke_certificate(*, booking: Booking, reason: str, by: Actor, at: datetime) -> Certificate | None:
    """The certificate that stands for a booking stands no more; None when there was none. Nobody but the agency reads why."""
    standing = Certificate.objects.select_for_update().filter(booking=booking, revoked_at=None)
    certificate: Certificate | None = standing.first()
    if certificate is None:
        return None
    certificate.revoked_at, certificate.revoked_reason = at, reason
    certificate.save(update_fields=["revoked_at", "revoked_reason"])
    record_change(
        action="certificate.revoked",
        subject=certificate,
        by=by,
        at=at,
        case_id=booking.requirement.referral_id,
        reason=reason,
    )
    return certificate

"""Who came, as facts that are added and never overwritten; and the proof of completion."""

import pgtrigger
from django.db import models
from django.db.models import Q

from courses.enums import IdentitySeen, OutcomeCode
from courses.models.booking import Booking
from courses.models.course import Session
from courses.querysets import AttendanceQuerySet
from diversion.accounts.models import User
from diversion.core.encryption import EncryptedTextField
from diversion.core.models import Row, append_only
from diversion.core.references import new_reference

_FOR_ITS_SESSIONS = """
    IF NOT EXISTS (
        SELECT FROM courses_booking booking JOIN courses_session session ON session.course_id = booking.course_id
        WHERE booking.id = NEW.booking_id AND session.id = NEW.session_id
            AND (booking.positions IS NULL OR session.position = ANY (booking.positions))
    ) THEN
        RAISE EXCEPTION 'the place is not for this session'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'courses_attendance_of_its_sessions';
    END IF;
    RETURN NEW;
"""


class Attendance(Row):
    """One mark for one booking and session. An amendment is another row that names the one it replaces; the last row counts.

    `occurred_at` is the session's start as it was scheduled; `recorded_at` is when it was marked (rule 19). Being refused entry
    is contestable, so that mark also keeps the arrival, the rule as it was worded, why and who refused (rule 16).
    """

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="attendances")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendances")
    outcome = models.CharField(max_length=4, choices=OutcomeCode.choices)
    identity_seen = models.CharField(max_length=16, choices=IdentitySeen.choices)
    minutes_late = models.PositiveSmallIntegerField(default=0)
    left_early_minutes = models.PositiveSmallIntegerField(default=0)
    arrived_at = models.DateTimeField(null=True)
    cut_off_rule = models.CharField(max_length=120, blank=True, default="")
    refused_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="refusals")
    refused_because = EncryptedTextField(null=True, blank=True, max_length=500)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="marks")
    amends = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="amended_by")
    reason = EncryptedTextField(blank=True, default="", max_length=500)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        triggers = [
            append_only(),
            pgtrigger.Trigger(
                name="of_its_sessions", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_FOR_ITS_SESSIONS
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=OutcomeCode.values), name="courses_attendance_outcome_known"),
            models.CheckConstraint(
                condition=Q(identity_seen__in=IdentitySeen.values), name="courses_attendance_identity_known"
            ),
            models.UniqueConstraint(
                fields=["booking", "session"], condition=Q(amends=None), name="courses_attendance_first_mark_once"
            ),
            models.CheckConstraint(
                condition=Q(recorded_at__gte=models.F("occurred_at")), name="courses_attendance_not_before"
            ),
            models.CheckConstraint(
                condition=~Q(outcome=OutcomeCode.REFL)
                | Q(arrived_at__gt=models.F("occurred_at"), refused_by__isnull=False, cut_off_rule__gt=""),
                name="courses_attendance_refusal_is_told_in_full",
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()


class Certificate(Row):
    """Proof of completion. The serial has no meaning; the public check confirms it and names nobody.

    One stands for a booking at a time. A revoked one never stands again: who completes after all gets another serial.
    """

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="certificates")
    serial = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    issued_at = models.DateTimeField()
    completed_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)
    revoked_reason = EncryptedTextField(blank=True, default="", max_length=500)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["booking"], condition=Q(revoked_at=None), name="courses_certificate_one_stands"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=models.F("issued_at")),
                name="courses_certificate_revoked_after",
            ),
        ]

    def __str__(self) -> str:
        return self.serial

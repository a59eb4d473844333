"""States and choices of the officer's half."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diversion.core.lifecycle import Stateful


class ReferralState(Stateful):
    DRAFT = "draft"
    AWAITING_AUTHORISATION = "awaiting_authorisation"
    AUTHORISED = "authorised"
    REFUSED = "refused"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    ACTIVE = "active"
    COMPLIED = "complied"
    BREACHED = "breached"
    DISCHARGED = "discharged"
    WITHDRAWN = "withdrawn"
    VOID = "void"


class RequirementState(Stateful):
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    MET = "met"
    NOT_MET = "not_met"


class RiskLevel(models.TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")
    VERY_HIGH = "very-high", _("Very high")


class Answer(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")


class TaskKind(models.TextChoices):
    """Why somebody must look at a case. Nothing here decides anything by itself (rule 5)."""

    NEEDS_DECISION = "needs-decision", _("Needs a decision")
    NO_COURSE_FITS = "no-course-fits", _("No course fits")
    OFFER_NOT_OPENED = "offer-not-opened", _("Offer not opened")
    CONTACT_FAILED = "contact-failed", _("Messages do not arrive")
    PAYMENT_RETURNED = "payment-returned", _("Paid too late, money returned")
    REGISTER_LATE = "register-late", _("Register is late")
    ASKED_FOR_HELP = "asked-for-help", _("Asked for help")


class Need(models.TextChoices):
    """What a person needs at a course: needs, never diagnoses."""

    STEP_FREE = "step-free", _("Step-free access")
    INTERPRETER = "interpreter", _("Interpreter")
    BSL = "bsl", _("British Sign Language")
    LARGE_PRINT = "large-print", _("Large print")
    BREAKS = "breaks", _("Regular breaks")
    SINGLE_SEX = "single-sex", _("Single-sex group")

"""States and choices of the officer's half."""

from enum import StrEnum

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


class SchemeVersionState(Stateful):
    DRAFTED = "drafted"
    PUBLISHED = "published"
    DROPPED = "dropped"


class RiskLevel(models.TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")
    VERY_HIGH = "very-high", _("Very high")


class Decision(models.TextChoices):
    """What an authoriser decides on a referral."""

    AUTHORISE = "authorise", _("Authorise and send the offer")
    RETURN = "return", _("Return for changes")
    REFUSE = "refuse", _("Refuse")


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
    FILE_CHANGED = "file-changed", _("The file changed after it was authorised")
    SERVICE_FAILURE = "service-failure", _("Our failure, not theirs: find a place in time")
    MARK_AMENDED = "mark-amended", _("A mark on a register was changed")
    CONCERN_RAISED = "concern-raised", _("A trainer is concerned")
    CAME_WITHOUT_PLACE = "came-without-place", _("Came without a place")


class Need(models.TextChoices):
    """What a person needs at a course: needs, never diagnoses."""

    STEP_FREE = "step-free", _("Step-free access")
    INTERPRETER = "interpreter", _("Interpreter")
    BSL = "bsl", _("British Sign Language")
    LARGE_PRINT = "large-print", _("Large print")
    BREAKS = "breaks", _("Regular breaks")
    SINGLE_SEX = "single-sex", _("Single-sex group")
    RELIGIOUS_CHECK = "religious-check", _("Identity checked in private by somebody of the same sex")


class ClockOrigin(models.TextChoices):
    """The day that the time to complete counts from (rule 1)."""

    DISPOSAL = "disposal", _("The decision")
    OFFENCE = "offence", _("The offence")
    OFFER = "offer", _("The offer")


class RepeatCounts(models.TextChoices):
    """What of an earlier referral starts the repeat bar (rules 10 and 11)."""

    COMPLETED = "completed", _("A completed programme")
    ACCEPTED = "accepted", _("An accepted offer, finished or not")
    OFFERED = "offered", _("An offer, accepted or not")


class Mode(models.TextChoices):
    """Where a programme may be taught."""

    ROOM = "room", _("In a room")
    ONLINE = "online", _("Online")
    EITHER = "either", _("In a room or online")


class CompletionPolicy(models.TextChoices):
    """What a missed session does to the rest (rule 17)."""

    ALL_IN_ORDER = "all-in-order", _("Every session, in order")
    RESTART = "restart", _("A miss starts the programme again")
    CATCH_UP = "catch-up", _("A missed session may be caught up")
    REJOIN = "rejoin", _("May rejoin another course at the same session")


class Stage(models.TextChoices):
    """When eligibility was asked."""

    DRAFT = "draft", _("While drafting")
    SUBMISSION = "submission", _("On submission")
    AUTHORISATION = "authorisation", _("On authorisation")
    OFFER = "offer", _("On the offer")


class VictimSituation(models.TextChoices):
    NO_VICTIM = "no-victim", _("There is no individual victim")
    CONTACTED = "contacted", _("The victim was contacted")
    NOT_REACHED = "not-reached", _("The victim could not be reached")


class FactKind(models.TextChoices):
    """What a person said or was told before a disposal could be offered, as the disposal asks for it."""

    ADMISSION = "admission", _("Admits the offence")
    RESPONSIBILITY = "responsibility", _("Accepts responsibility")
    CONSENT = "consent", _("Agrees to the disposal")
    EXPLAINED = "explained", _("Was told what it means and what follows")
    LEGAL_ADVICE = "legal-advice", _("Was offered free legal advice")
    SHARING = "sharing", _("Was told who will see the information")


class Verification(models.TextChoices):
    """How it will be known that a condition was kept."""

    CERTIFICATE = "certificate", _("Certificate of completion from this service")
    RECEIPT = "receipt", _("Receipt or proof of payment")
    LETTER = "letter", _("Letter received")
    OFFICER = "officer", _("Checked by the officer")


class Access(models.TextChoices):
    """What a restricted case says of one person by name."""

    ALLOWED = "allowed", _("May see the case")
    EXCLUDED = "excluded", _("Must never see the case")


class Sight(StrEnum):
    """How much of a case one person sees. Whoever no rule names sees nothing."""

    FULL = "full"
    LIMITED = "limited"
    NONE = "none"


class Means(models.TextChoices):
    """How somebody who is helped reached the helper."""

    PHONE = "phone", _("By phone")
    POST = "post", _("By post")
    IN_PERSON = "in-person", _("In person")


class LetterKind(models.TextChoices):
    """What a letter is about."""

    OFFER = "offer", _("Offer")


class ClosureReason(models.TextChoices):
    """Why an agency ends a case. The first four are events elsewhere that end an offer by themselves."""

    FINE_PAID = "fine-paid", _("The fine was paid instead")
    CHARGED = "charged", _("Charged")
    DIED = "died", _("The person has died")
    CUSTODY = "custody", _("The person is in custody")
    INELIGIBLE = "ineligible", _("Found not to be eligible")
    NEW_INFORMATION = "new-information", _("New information")
    NO_FURTHER_ACTION = "no-further-action", _("No further action")
    HEALTH = "health", _("Too ill to take part")
    MOVED = "moved", _("Moved out of reach")
    TRANSFERRED = "transferred", _("Passed to another agency")
    MADE_IN_ERROR = "made-in-error", _("Made in error")
    LEFT = "left", _("The person left")
    OTHER = "other", _("Another reason")


EVENTS_ELSEWHERE = (ClosureReason.FINE_PAID, ClosureReason.CHARGED, ClosureReason.DIED, ClosureReason.CUSTODY)
OF_THE_PERSON = frozenset({ClosureReason.DIED, ClosureReason.CUSTODY})
"""Reasons that end every live case of the person in the agency, and after which nobody writes to them."""

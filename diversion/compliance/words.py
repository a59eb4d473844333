"""The trail's actions in an officer's words."""

from typing import Any

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from courses.enums import OutcomeCode
from diversion.referrals.enums import ClosureReason

ACTIONS = {
    "referral.draft": _("Referral started"),
    "referral.awaiting_authorisation": _("Submitted for authorisation"),
    "referral.authorised": _("Authorised"),
    "referral.refused": _("Authorisation refused"),
    "referral.offered": _("Offer issued"),
    "referral.accepted": _("Offer accepted"),
    "referral.declined": _("Offer declined"),
    "referral.expired": _("Offer ran out unanswered"),
    "referral.active": _("Case active: a place is confirmed"),
    "referral.complied": _("Every requirement met"),
    "assistance.begun": _("A member of staff began to help the participant"),
    "assistance.ended": _("The help ended"),
    "referral.handed-over": _("Another officer in the case"),
    "referral.withdrawn": _("Withdrawn by the agency"),
    "referral.void": _("Made void"),
    "requirement.pending": _("Requirement set"),
    "requirement.in_progress": _("Requirement in progress"),
    "requirement.met": _("Requirement met"),
    "requirement.not_met": _("Requirement decided as not met"),
    "booking.held": _("Place held, waiting for payment"),
    "booking.confirmed": _("Place confirmed"),
    "booking.completed": _("Course completed"),
    "booking.not_completed": _("Course not completed"),
    "booking.lapsed": _("Hold ran out unpaid"),
    "booking.cancelled_by_agency": _("Place given up: the case was closed"),
    "booking.cancelled_by_participant": _("Place given up by the participant"),
    "booking.times_changed": _("The provider changed the times of the course"),
    "booking.access_lost": _("The venue is not step free any more: moving is free"),
    "booking.venue_moved": _("The venue is somewhere else: moving is free"),
    "waiting.joined": _("Joined a waiting list"),
    "waiting.changed": _("Changed what they wait for"),
    "waiting.offered": _("A place was free and is kept for them"),
    "waiting.taken": _("Took the place they waited for"),
    "waiting.passed": _("Did not take the place in time; it went to the next"),
    "waiting.left": _("Left a waiting list"),
    "waiting.ended": _("Waiting ended: they have a place, or it can no longer come"),
    "task.raised": _("Task raised"),
    "task.completed": _("Task dealt with"),
    "task.answered": _("Task answered by what happened"),
    "concern.raised": _("A trainer raised a concern"),
    "task.closed": _("Task closed with the case"),
    "charge.owed": _("Fee due"),
    "charge.paid": _("Fee paid"),
    "charge.cancelled": _("Fee no longer due"),
    "charge.refund_due": _("Money owed back"),
    "charge.refunded": _("Money returned"),
    "payment attempt.reserved": _("Payment started"),
    "payment attempt.open": _("Card payment page opened"),
    "payment attempt.paid": _("Card payment received"),
    "payment attempt.expired": _("Card payment page closed unpaid"),
    "charge.funded": _("Fee paid for the person"),
    "funding request.asked": _("Asked for a funded place"),
    "funding request.granted": _("Funded place granted"),
    "funding request.declined": _("Funded place declined"),
    "requirement.book_by_stood_still": _("Book-by date moved: it stood still while a funded place was decided on"),
    "refund.requested": _("Refund requested"),
    "register.submitted": _("Register submitted"),
    "attendance.recorded": _("Attendance recorded"),
    "attendance.added": _("Mark given after the register was sent"),
    "certificate.issued": _("Certificate issued"),
    "certificate.revoked": _("Certificate revoked"),
    "offer.issued": _("Letter made, with a reference and a PIN"),
    "offer.accepted": _("The words of the offer agreed to and kept"),
    "offer.declined": _("The words of the refusal kept"),
    "contact.code-sent": _("Code sent to a contact"),
    "contact.confirmed": _("Contact confirmed"),
    "participant.signed-in": _("Signed in"),
    "referral.checked-for-repeats": _("Checked for repeats and duplicates at every agency"),
    "referral.not-eligible": _("Refused: the scheme’s rules do not admit this person"),
    "referral.changed": _("Changed after submission"),
    "offer.opened": _("Offer opened by the participant"),
    "offer.ended": _("Offer ended: its PIN no longer works"),
    "letter.dropped": _("Letter not printed: the case was closed"),
    "offer.posted": _("Letter posted"),
    "offer.handed-over": _("Letter handed over"),
    "letter.taken-out": _("Letter taken out of its batch"),
    "case.restricted": _("Case restricted"),
    "case.restriction-lifted": _("Restriction lifted"),
    "case.colleague-allowed": _("A colleague was allowed to see the case"),
    "case.colleague-excluded": _("A colleague was excluded from the case"),
    "case.name-taken-off": _("A colleague was taken off the case’s list"),
    "case.access-refused": _("Tried to open this case, which was kept from them"),
    "offer.reissued": _("Offer issued again with a new PIN"),
}

SECTIONS = {
    "person": _("Referral saved: the person"),
    "offence": _("Referral saved: the offence"),
    "requirement": _("Referral saved: the requirement"),
    "victim": _("Referral saved: the victim"),
    "history": _("Referral saved: gravity and previous history"),
    "risk": _("Referral saved: the risk decision"),
    "agreement": _("Referral saved: what was said and agreed"),
    "conditions": _("Referral saved: conditions"),
    "needs": _("Referral saved: needs"),
}


def title_of(action: str, data: dict[str, Any]) -> str:
    """The words for one entry of the trail; an action without words of its own is shown as it is named."""
    if action == "referral.saved" and data.get("section") in SECTIONS:
        return str(SECTIONS[data["section"]])
    if action == "referral.withdrawn" and data.get("closure_reason") in ClosureReason.values:
        return _g("Withdrawn by the agency: %(reason)s") % {"reason": ClosureReason(data["closure_reason"]).label}
    if action == "attendance.amended" and {data.get("was"), data.get("outcome")} <= set(OutcomeCode.values):
        words = {"was": OutcomeCode(data["was"]).label, "now": OutcomeCode(data["outcome"]).label}
        return _g("Mark on a register changed from “%(was)s” to “%(now)s”") % words
    if action == "attendance.added" and data.get("outcome") in OutcomeCode.values:
        return _g("Mark given after the register was sent: “%(now)s”") % {"now": OutcomeCode(data["outcome"]).label}
    return str(ACTIONS.get(action) or action.replace(".", " ").replace("_", " ").capitalize())

"""What referrals tell people. Every word is neutral: a phone lying on a table gives nothing away (rule 14)."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from diversion.accounts.models import User
from diversion.core.references import spoken
from diversion.notifications.registry import Address, Message, link_to, register
from diversion.referrals.addresses import ToParticipant, staff_address
from diversion.referrals.clocks import draft_ends_on, draft_is_noticed
from diversion.referrals.enums import ReferralState, RequirementState
from diversion.referrals.models import ContactClaim, Referral, Requirement
from diversion.referrals.querysets import ReferralQuerySet


@register
class SignInCode(Message):
    """The code that proves a contact. Its recipient is the claim itself: the contact is not confirmed yet."""

    kind = "sign-in-code"
    template = "referrals/sign-in-code"

    def address(self, *, recipient_id: UUID, channel: str) -> Address | None:
        claim = ContactClaim.objects.select_related("participant").filter(pk=recipient_id, channel=channel).first()
        if claim is None:
            return None
        language = claim.participant.language if claim.participant else claim.language
        return Address(channel=channel, to=claim.contact, language=language)

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        claim = ContactClaim.objects.filter(pk=subject_id, expires_at__gt=at).first()
        return {"code": claim.code} if claim and claim.code else None


@register
class OfferAccepted(ToParticipant):
    """To the participant: what they said yes to is noted, and by when to act."""

    kind = "offer-accepted"
    template = "referrals/offer-accepted"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        running = Requirement.objects.filter(referral=subject_id, state=RequirementState.IN_PROGRESS)
        requirement = running.order_by("complete_by").first()
        if requirement is None:
            return None
        return {
            "book_by": requirement.book_by,
            "complete_by": requirement.complete_by,
            "link": link_to("home-show"),
            "help_phone": settings.HELP_PHONE,
        }


@register
class VolunteerWelcome(ToParticipant):
    """To somebody who asked for help themselves: the reference by which they come back. It says nothing of what for."""

    kind = "volunteer-welcome"
    template = "referrals/volunteer-welcome"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        referral = Referral.objects.filter(
            pk=subject_id, voluntary=True, state__in=[ReferralState.ACCEPTED, ReferralState.ACTIVE]
        )
        found = referral.first()
        if found is None:
            return None
        return {
            "reference": spoken(found.reference),
            "link": link_to("self-sign-in"),
            "help_phone": settings.HELP_PHONE,
        }


@register
class PleasePhone(ToParticipant):
    """To a volunteer, where an officer would be asked to look: whom to phone. What it is about is said on their own page."""

    kind = "please-phone"
    template = "referrals/please-phone"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        return {"link": link_to("home-show"), "help_phone": settings.HELP_PHONE}


@register
class CaseClosed(ToParticipant):
    """To the participant: something changed, sign in to read what. Dropped for those whom nobody may write to."""

    kind = "case-closed"
    template = "referrals/case-closed"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        closed = Referral.objects.filter(pk=subject_id, state=ReferralState.WITHDRAWN).exists()
        return {"link": link_to("my-home")} if closed else None


class OfficerMessage(Message):
    """To a member of the agency's staff, by e-mail: that something changed and where to look, never about whom or what.

    Dropped when by then the case is kept from them: its restriction or its list may have changed since it was queued.
    """

    page = "referral-tasks"
    states: frozenset[str] = frozenset()

    def address(self, *, recipient_id: UUID, channel: str) -> Address | None:
        return staff_address(user_id=recipient_id, channel=channel)

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        referral = _open_to(recipient_id).filter(pk=subject_id, state__in=self.states).first()
        return {"link": link_to(self.page, referral.public_id)} if referral else None


@register
class ReferralAuthorised(OfficerMessage):
    kind = "referral-authorised"
    template = "referrals/referral-authorised"
    page = "letter-show"
    states = frozenset({ReferralState.OFFERED})


@register
class ReferralReturned(OfficerMessage):
    kind = "referral-returned"
    template = "referrals/referral-returned"
    states = frozenset({ReferralState.DRAFT})


@register
class ReferralRefused(OfficerMessage):
    kind = "referral-refused"
    template = "referrals/referral-refused"
    states = frozenset({ReferralState.REFUSED})


@register
class FileChanged(OfficerMessage):
    """To the officer, or to whoever authorised it: the file is not what it was."""

    kind = "file-changed"
    template = "referrals/file-changed"
    page = "change-list"
    states = frozenset(
        {ReferralState.AWAITING_AUTHORISATION, ReferralState.OFFERED, ReferralState.ACCEPTED, ReferralState.ACTIVE}
    )


@register
class DraftEndsSoon(OfficerMessage):
    """To the officer: a draft that nobody touches will be discarded. Dropped where somebody has touched it since."""

    kind = "draft-ends-soon"
    template = "referrals/draft-ends-soon"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        draft = _open_to(recipient_id).filter(pk=subject_id, state=ReferralState.DRAFT).first()
        if draft is None or not draft_is_noticed(draft.touched_at, at=at):
            return None
        return {"link": link_to(self.page, draft.public_id), "ends_on": draft_ends_on(draft.touched_at)}


@register
class OfferAnswered(OfficerMessage):
    kind = "offer-answered"
    template = "referrals/offer-answered"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        referral = _open_to(recipient_id).filter(offers=subject_id, offers__answer__isnull=False).first()
        return {"link": link_to(self.page, referral.public_id)} if referral else None


@register
class CaseClosedForOfficer(OfficerMessage):
    """To the officer in the case, when somebody else or the service ended it."""

    kind = "case-closed-officer"
    template = "referrals/case-closed-officer"
    page = "case-show"
    states = frozenset({ReferralState.WITHDRAWN})


class CasesMoved(OfficerMessage):
    """To an officer: that cases changed hands, and where to look; never whose."""

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        return {"link": link_to("home-go")}


@register
class CasesHandedOver(CasesMoved):
    kind = "cases-handed-over"
    template = "referrals/cases-handed-over"


@register
class CasesTakenOver(CasesMoved):
    kind = "cases-taken-over"
    template = "referrals/cases-taken-over"


@register
class HelpedByStaff(ToParticipant):
    """To the participant: a member of staff did steps for them, and whom to phone if they did not ask for it."""

    kind = "helped-by-staff"
    template = "referrals/helped-by-staff"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        return {"help_phone": settings.HELP_PHONE}


def _open_to(recipient_id: UUID) -> ReferralQuerySet:
    """The cases the recipient sees in full at the moment of sending."""
    recipient = User.objects.filter(pk=recipient_id).first()
    rows: ReferralQuerySet = Referral.objects.visible_to(recipient) if recipient else Referral.objects.none()
    return rows

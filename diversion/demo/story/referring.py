"""From a referral to an answered offer, by the same services as the pages."""

from datetime import datetime, timedelta

from diversion.accounts.models import User
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.demo.story.people import Person
from diversion.referrals.enums import Answer, RiskLevel, VictimSituation
from diversion.referrals.models import Letter, OffenceCategory, Offer, Referral, Scheme
from diversion.referrals.offer_text import offer_text
from diversion.referrals.queries import required_facts
from diversion.referrals.services import authorisation, contacts, drafts, file, submission
from diversion.referrals.services.answers import answer_offer
from diversion.referrals.services.letters import send_alone
from diversion.referrals.services.needs import save_needs

BROWSER = "the demo's browser"


def draft(person: Person, scheme: Scheme, officer: User, *, at: datetime) -> Referral:
    """A draft with every section filled in."""
    by, day = officer.as_actor(), clock.day_of(at)
    referral = drafts.start_referral(officer=officer, by=by, at=at)
    drafts.save_person(
        referral=referral,
        given_names=person.given_names,
        family_name=person.family_name,
        date_of_birth=person.born,
        email=person.email,
        mobile=person.mobile,
        address=person.address,
        postcode=person.postcode,
        language=person.language,
        agency_reference="",
        by=by,
        at=at,
    )
    drafts.save_offence(
        referral=referral,
        offence_on=day - timedelta(days=12),
        offence_category=OffenceCategory.objects.order_by("code")[0],
        disposal_on=day,
        by=by,
        at=at,
    )
    drafts.save_risk(
        referral=referral,
        tool="Triage tool",
        level=RiskLevel.LOW,
        decided_on=day,
        assessor="Casey Officer",
        rationale="First offence, admitted, low harm, engages well.",
        by=by,
        at=at,
    )
    save_needs(
        referral=referral,
        needs=list(person.needs),
        interpreter_language="Polish" if "interpreter" in person.needs else "",
        needs_notes="",
        safe_contact={"email": True, "text": True, "voicemail": False, "post": True},
        by=by,
        at=at,
    )
    drafts.save_requirement(referral=referral, scheme=scheme, by=by, at=at)
    complete_file(referral, officer, at=at)
    referral.refresh_from_db()
    return referral


def complete_file(referral: Referral, officer: User, *, at: datetime) -> None:
    """The victim's side, the history, what was said, and nothing to do beside the course."""
    by, day = officer.as_actor(), clock.day_of(at)
    file.save_victim(
        referral=referral,
        situation=VictimSituation.CONTACTED,
        contacted_on=day - timedelta(days=3),
        views="Content with a course. Does not want to be told more.",
        by=by,
        at=at,
    )
    file.save_history(
        referral=referral,
        gravity_score=2,
        previous_disposals=0,
        history="",
        rationale="Low value, admitted at once, made good.",
        by=by,
        at=at,
    )
    referral.refresh_from_db()
    facts = [file.Said(kind=kind, holds=True, said_on=day, said_to=officer.name) for kind in required_facts(referral)]
    file.save_agreement(referral=referral, facts=facts, by=by, at=at)
    file.save_conditions(referral=referral, conditions=[], by=by, at=at)


def submitted(person: Person, scheme: Scheme, officer: User, *, at: datetime) -> Referral:
    """A referral that waits for the supervisor."""
    referral = draft(person, scheme, officer, at=at)
    return submission.submit_referral(referral=referral, user=officer, by=officer.as_actor(), at=at)


def offered(person: Person, scheme: Scheme, officer: User, supervisor: User, *, at: datetime) -> Offer:
    """An offer whose letter has not been opened."""
    referral = submitted(person, scheme, officer, at=at)
    return authorisation.authorise_referral(
        referral=referral, user=supervisor, by=supervisor.as_actor(), at=at + timedelta(minutes=30)
    )


def accepted(person: Person, scheme: Scheme, officer: User, supervisor: User, *, at: datetime) -> Referral:
    """An offer opened, a contact confirmed by code, and the offer accepted two days later."""
    offer = offered(person, scheme, officer, supervisor, at=at)
    then = at + timedelta(hours=1)
    send_alone(
        letter=Letter.objects.get(subject_id=offer.pk),
        sent_on=clock.day_of(then),
        proof=f"CP {clock.day_of(then):%d%m}",
        user=officer,
        by=officer.as_actor(),
        at=then,
    )
    then = at + timedelta(days=2)
    claim = contacts.claim_contact(
        offer=offer, email=person.email, mobile="", session_key=BROWSER, by=Actor.system("demo"), at=then
    )
    user = contacts.confirm_contact(
        claim=claim, code=claim.code or "", session_key=BROWSER, language=person.language, at=then
    )
    text = offer_text(offer=offer, answer=Answer.ACCEPTED, language=person.language)
    answer_offer(
        offer=offer,
        answer=Answer.ACCEPTED,
        text_sha256=text.sha256,
        language=person.language,
        by=user.as_actor(),
        at=then + timedelta(minutes=10),
    )
    referral: Referral = Referral.objects.select_related("participant").get(pk=offer.referral_id)
    return referral

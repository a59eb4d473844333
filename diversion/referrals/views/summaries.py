"""A referral as summary cards: the same for the officer who checks it and for the authoriser who decides."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from diversion.core import clock
from diversion.referrals.clocks import Clocks, NoRoomBeforeBackstop
from diversion.referrals.enums import Verification
from diversion.referrals.models import LegalFact, Referral
from diversion.referrals.needs import needs_in_words, safe_contact_in_words
from diversion.referrals.offer_text import long_day
from diversion.referrals.queries import clocks_for, required_facts, rules_on

Row = dict[str, Any]


def cards(referral: Referral, *, changeable: bool, links: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """One card for each section; with Change links while it is a draft, and after it the `links` to change a section."""
    made = [
        ("person", _("Person"), _person(referral)),
        ("offence", _("Offence"), _offence(referral)),
        ("requirement", _("Requirement"), _requirement(referral)),
        ("victim", _("Victim"), _victim(referral)),
        ("history", _("Gravity and previous history"), _history(referral)),
        ("risk", _("Risk decision"), _risk(referral)),
        ("agreement", _("What was said and agreed"), _agreement(referral)),
        ("conditions", _("Conditions"), _conditions(referral)),
        ("needs", _("Needs"), _needs(referral)),
    ]
    for section, _title, rows in made:
        for row in rows if changeable else []:
            if row["key"] not in (_("Book by"), _("Finish by"), _("Last safe date for court"), _("Dates")):
                row["url"] = reverse("referral-edit", args=[referral.public_id, section])
    given = links or {}
    return [{"title": title, "rows": rows, "actions": _change(given.get(section))} for section, title, rows in made]


def _change(url: str | None) -> list[dict[str, str]]:
    return [{"text": _("Change"), "url": url}] if url else []


def _row(key: str, value: Any) -> Row:
    return {"key": key, "value": long_day(value) if isinstance(value, date) else value}


def _person(referral: Referral) -> list[Row]:
    person = referral.participant
    if person is None:
        return [_row(_("Name"), "")]
    return [
        _row(_("Name"), person.full_name),
        _row(_("Date of birth"), person.date_of_birth),
        _row(_("Email address"), person.email),
        _row(_("Mobile number"), person.mobile),
        _row(_("Address"), ", ".join([*person.address.splitlines(), person.postcode]).strip(", ")),
        _row(_("Language"), dict(settings.LANGUAGES).get(person.language, "")),
        _row(_("Your own reference"), referral.agency_reference),
    ]


def _offence(referral: Referral) -> list[Row]:
    category = referral.offence_category
    kind = _("summary only") if category and category.summary_only else ""
    return [
        _row(_("Date of the offence"), referral.offence_on),
        _row(_("Category"), " · ".join(filter(None, [category.name if category else "", kind]))),
        _row(_("Date of the decision"), referral.disposal_on),
    ]


def _victim(referral: Referral) -> list[Row]:
    view = getattr(referral, "victim_view", None)
    if view is None:
        return [_row(_("Victim"), "")]
    return [
        _row(_("Victim"), view.get_situation_display()),
        _row(_("Contacted on"), view.contacted_on),
        _row(_("What the victim thinks"), view.views),
    ]


def _history(referral: Referral) -> list[Row]:
    history = getattr(referral, "previous_history", None)
    if history is None:
        return [_row(_("Gravity score"), "")]
    return [
        _row(_("Gravity score"), _("%(score)s of 5") % {"score": history.gravity_score}),
        _row(_("Why this score"), history.rationale),
        _row(_("Disposals before"), history.previous_disposals),
        _row(_("Previous history"), history.history),
    ]


def _agreement(referral: Referral) -> list[Row]:
    if referral.disposal is None:
        return [_row(_("Choose the scheme first"), "")]
    said = {fact.kind: fact for fact in referral.legal_facts.all()}
    asked = required_facts(referral)
    return [_row(str(kind.label), _said(said.get(kind))) for kind in asked] or [
        _row(_("To be asked"), _("Nothing under this disposal"))
    ]


def _said(fact: LegalFact | None) -> str:
    if fact is None:
        return ""
    words = _("Yes, on %(day)s to %(whom)s") if fact.holds else _("No, on %(day)s to %(whom)s")
    return words % {"day": long_day(fact.said_on), "whom": fact.said_to}


def _conditions(referral: Referral) -> list[Row]:
    if referral.conditions_set_at is None:
        return [_row(_("Conditions"), "")]
    course = _row(_("The course"), Verification.CERTIFICATE.label)
    return [course, *(_row(each.words, each.get_verified_by_display()) for each in referral.conditions.all())]


def _risk(referral: Referral) -> list[Row]:
    decision = getattr(referral, "risk_decision", None)
    if decision is None:
        return [_row(_("Risk level"), "")]
    return [
        _row(_("Risk level"), decision.get_level_display()),
        _row(_("Assessment tool"), decision.tool),
        _row(_("Date of the assessment"), decision.decided_on),
        _row(_("Assessed by"), decision.assessor),
        _row(_("Reasons"), decision.rationale),
    ]


def _needs(referral: Referral) -> list[Row]:
    person = referral.participant
    if person is None or referral.needs_asked_at is None:
        return [_row(_("Needs"), "")]
    return [
        _row(_("Needs"), ", ".join(needs_in_words(person)) or _("None")),
        _row(_("In the person’s own words"), person.needs_notes),
        _row(_("Safe to reach by"), safe_contact_in_words(person)),
    ]


def _requirement(referral: Referral) -> list[Row]:
    scheme = referral.scheme
    if scheme is None:
        return [_row(_("Scheme"), "")]
    rows = [
        _row(_("Scheme"), scheme.name),
        _row(_("Disposal"), scheme.disposal.name),
        _row(_("Programme"), scheme.programme.name),
    ]
    return [*rows, *_clocks(referral)]


def _clocks(referral: Referral) -> list[Row]:
    fixed = referral.requirements.first()
    try:
        clocks = Clocks(fixed.book_by, fixed.complete_by, fixed.backstop) if fixed else _forecast(referral)
    except NoRoomBeforeBackstop as refusal:
        return [_row(_("Dates"), str(refusal.sentence))]
    if clocks is None:
        return []
    no_limit = _("None: the offence is not summary only")
    return [
        _row(_("Book by"), clocks.book_by),
        _row(_("Finish by"), clocks.complete_by),
        _row(_("Last safe date for court"), clocks.backstop or no_limit),
    ]


def _forecast(referral: Referral) -> Clocks | None:
    today = clock.today()
    rules = rules_on(referral.scheme, day=today) if referral.scheme else None
    return clocks_for(referral, rules, offered_on=today) if rules else None

"""The exact words of an offer. What is shown, what is agreed to and what is kept as the exhibit come from here alone (R9)."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from diversion.referrals.enums import Answer
from diversion.referrals.models import Disposal, Offer, Requirement, SchemeVersion


@dataclass(frozen=True, slots=True)
class OfferText:
    """`paragraphs` are shown as they stand; `body` is what is stored, and `sha256` names it."""

    language: str
    version_number: int
    paragraphs: tuple[str, ...]

    @property
    def body(self) -> str:
        return "\n\n".join(self.paragraphs)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows either way, in the reader's language."""

    plain_name: str
    if_completed: str
    if_not: str


def offer_text(*, offer: Offer, answer: Answer, language: str) -> OfferText:
    """What a person agrees to by an answer. Where the scheme has no Welsh the whole text is English, never a mixture."""
    referral = offer.referral
    rules, disposal = referral.scheme_version, referral.disposal
    if rules is None or disposal is None:
        raise ValueError("an offer has its rules pinned")
    requirement = referral.requirements.select_related("programme").earliest("complete_by")
    spoken = "cy" if language == "cy" and rules.offer_text_cy else "en-gb"
    with translation.override(spoken):
        what_follows = consequences(disposal)
        said = _accepting if answer == Answer.ACCEPTED else _declining
        paragraphs = said(rules, requirement, what_follows, spoken)
    return OfferText(language=spoken, version_number=rules.number, paragraphs=tuple(paragraphs))


def consequences(disposal: Disposal) -> Consequences:
    """The reference data's sentences, in the active language where the catalogue has them."""
    return Consequences(
        *(_(text) if text else "" for text in (disposal.plain_name, disposal.if_completed, disposal.if_not))
    )


def long_day(day: date) -> str:
    """Tuesday 3 November 2026, in the active language."""
    return date_format(day, "l j F Y")


def _accepting(rules: SchemeVersion, requirement: Requirement, after: Consequences, language: str) -> list[str]:
    words = rules.offer_text_cy if language == "cy" else rules.offer_text_en
    return [
        _filled(words, rules, requirement, language),
        _("I will book a place by %(day)s.") % {"day": long_day(requirement.book_by)},
        _("I will finish the course by %(day)s.") % {"day": long_day(requirement.complete_by)},
        *_also(requirement),
        _("I pay for the course myself. If I cannot pay, I will say so before I book."),
        _("If I finish the course: %(then)s") % {"then": after.if_completed},
        _("If I do not finish the course: %(then)s") % {"then": after.if_not},
        _("I accept this offer."),
    ]


def _also(requirement: Requirement) -> list[str]:
    conditions = [each.words for each in requirement.referral.conditions.all()]
    return [_("I will also: %(what)s") % {"what": words} for words in conditions]


def _declining(rules: SchemeVersion, requirement: Requirement, after: Consequences, language: str) -> list[str]:
    return [
        _("I was offered a course: %(course)s.") % {"course": programme_name(requirement, language)},
        _("If I do not take it: %(then)s") % {"then": after.if_not},
        _("I do not accept this offer."),
    ]


def programme_name(requirement: Requirement, language: str) -> str:
    """The programme's name in a language, English where it has no other."""
    programme = requirement.programme
    return (programme.name_cy if language == "cy" else "") or programme.name


def _filled(words: str, rules: SchemeVersion, requirement: Requirement, language: str) -> str:
    # Plain replacement: an agency's text is data, and str.format would let it reach into objects.
    values = {
        "programme": programme_name(requirement, language),
        "complete_by": long_day(requirement.complete_by),
        "book_by": long_day(requirement.book_by),
        "agency": rules.scheme.agency.name,
    }
    for name, value in values.items():
        words = words.replace("{" + name + "}", value)
    return words

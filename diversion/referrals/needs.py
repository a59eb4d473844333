"""A person's needs as everybody else may read them: what is needed, never why. Their own words stay with the officer."""

from django.utils.translation import gettext as _

from diversion.referrals.enums import Need
from diversion.referrals.models import Participant

ROUTES = ("email", "text", "voicemail", "post")
"""The ways of being reached that somebody can call safe or not."""


def needs_in_words(participant: Participant) -> list[str]:
    """Each need by its name; an interpreter with the language."""
    return [_in_words(need, participant.interpreter_language or "") for need in participant.needs or []]


def safe_contact_in_words(participant: Participant) -> str:
    """How they may be reached and when; empty while nobody has asked."""
    said = participant.safe_contact
    if said is None:
        return ""
    names = {"email": _("e-mail"), "text": _("text message"), "voicemail": _("voicemail"), "post": _("post")}
    safe = [names[route] for route in ROUTES if said.get(route)]
    words = ", ".join(safe) if safe else _("by no route: hand everything over")
    hours = (said.get("from"), said.get("until"))
    return words + (
        " " + _("between %(from)s and %(until)s") % dict(zip(("from", "until"), hours, strict=True)) if all(hours) else ""
    )


def _in_words(need: str, language: str) -> str:
    label = str(Need(need).label) if need in Need.values else need
    return f"{label} ({language})" if need == Need.INTERPRETER and language else label

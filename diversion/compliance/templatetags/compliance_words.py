"""Codes as words and colours, for the officer's templates."""

from django import template
from django.utils.translation import gettext as _

from diversion.compliance.rag import Colour
from diversion.core import references

register = template.Library()
COLOURS = {
    Colour.GREEN: "green",
    Colour.AMBER: "orange",
    Colour.RED: "red",
    Colour.BLACK: "black",
    Colour.NONE: "grey",
    Colour.CLOSED: "grey",
}


@register.filter
def in_words(code: str) -> str:
    """awaiting_authorisation → Awaiting authorisation, translated."""
    return _(str(code).replace("_", " ").capitalize())


@register.filter
def tag_colour(colour: str) -> str:
    """The tag's colour for a RAG word."""
    return COLOURS[Colour(colour)]


@register.filter
def spoken(reference: str) -> str:
    """A reference in groups of four."""
    return references.spoken(reference)

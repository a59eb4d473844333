"""How a plan reads before its courses are made."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext

from courses.planning import Skip, Why
from courses.queries.occupied import names_of
from courses.services.proposing import Proposal, Proposals
from courses.views.licence_words import lack_words
from courses.views.provider_words import FLEXIBLE
from diversion.core.moments import day_words, moment_words, time_words
from diversion.core.money import pounds


def course_cards(proposals: Proposals) -> list[dict[str, Any]]:
    """A card for each course: when it meets, where, who teaches; then what was skipped and what stands in its way."""
    keys = {who for each in proposals.courses for _position, who in each.planned.clashes}
    keys |= {who.pk for each in proposals.courses for teaching in each.trainers.values() for who in teaching}
    names = names_of(keys)
    return [
        {"title": gettext("Course %(n)d: %(programme)s") % {"n": n, "programme": each.programme.name}, "rows": _rows(each, names)}
        for n, each in enumerate(proposals.courses, start=1)
    ]  # fmt: skip


def skipped_words(skipped: Iterable[Skip]) -> list[str]:
    """Monday 3 May 2027: Early May bank holiday."""
    return [f"{day_words(skip.day)}: {_reason(skip)}" for skip in skipped]


def went_past_words(skipped: Iterable[Skip]) -> str:
    """What whoever made a course is told of the days that its sessions went past."""
    words = gettext("These days were skipped, and the sessions are later. %(days)s. Check the dates below.")
    return words % {"days": "; ".join(skipped_words(skipped))}


def _rows(proposal: Proposal, names: dict[UUID, str]) -> list[dict[str, Any]]:
    where = proposal.room or proposal.venue
    clashing: dict[int, list[str]] = {}
    for position, who in proposal.planned.clashes:
        clashing.setdefault(position, []).append(names[who])
    meetings = {each.position: moment_words(each.starts_at) for each in proposal.planned.meetings}
    clashes = [
        gettext("%(names)s on %(when)s") % {"names": ", ".join(who), "when": meetings[position]}
        for position, who in clashing.items()
    ]
    teaching = {who.name: None for trainers in proposal.trainers.values() for who in trainers}
    return [
        {"key": gettext("When"), "value": _list(_times(proposal))},
        {"key": gettext("Where"), "value": str(where) if where else gettext("Online")},
        {"key": gettext("Price"), "value": pounds(proposal.price_pence)},
        {"key": FLEXIBLE, "value": pounds(proposal.flexible_pence) if proposal.flexible_pence else ""},
        {"key": gettext("Trainers"), "value": ", ".join(teaching) or gettext("Nobody yet")},
        {"key": gettext("Skipped"), "value": _list(skipped_words(proposal.planned.skipped))},
        {"key": gettext("Clash: already taken"), "value": _list(clashes)},
        {"key": gettext("Missing licence"), "value": _list([lack_words(names, lack) for lack in proposal.lacks])},
    ]


def _times(proposal: Proposal) -> list[str]:
    return [
        gettext("%(start)s to %(end)s") % {"start": moment_words(each.starts_at), "end": time_words(each.ends_at)}
        for each in proposal.planned.meetings
    ]


def _list(lines: list[str]) -> str:
    if not lines:
        return ""
    items = format_html_join("", "<li>{}</li>", ((line,) for line in lines))
    return format_html('<ul class="govuk-list govuk-!-margin-bottom-0">{}</ul>', items)


def _reason(skip: Skip) -> str:
    if skip.reason.why == Why.AWAY:
        return gettext("%(name)s is away") % {"name": skip.reason.name}
    return skip.reason.name

"""Asking for everything there is as somebody from whom a case is kept, and looking for that case in all that comes back."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pdfplumber
from django.core.cache import cache
from django.urls import reverse

from diversion.accounts.models import Membership
from diversion.core import clock
from diversion.core.references import spoken
from diversion.notifications.registry import MESSAGES
from diversion.referrals.messages import OfficerMessage
from diversion.referrals.models import Offer, Participant, Referral
from tests.architecture.matrix import ask
from tests.architecture.policy import POLICY
from tests.architecture.story import Story

LISTS = [
    "/agency/cases/" + query for query in ("", "?show=all", "?show=done", "?whose=mine", "?whose=attention", "?page=2")
]
LISTS += ["/agency/authorise/", "/agency/authorise/?page=2", "/agency/statistics/"]
LISTS += [
    f"{path}?page=2"
    for path in ("/agency/letters/", "/agency/letters/by-hand/", "/agency/letters/batches/", "/agency/hand-over/")
]
AFTER_SEARCH = ["/agency/cases/", "/agency/cases/?whose=attention", "/agency/authorise/"]


@dataclass(frozen=True)
class Kept:
    """A person whose cases are kept from a persona. `limited`: the persona may learn their references."""

    persona: str
    person: Participant
    limited: bool

    @property
    def canaries(self) -> set[str]:
        """What must not come back."""
        names = {self.person.family_name, self.person.given_names}
        cases = self.person.referrals.all()
        ids = {case.public_id for case in cases}
        return names | ids | (set() if self.limited else {spoken(case.reference) for case in cases})


def leaks(story: Story, kept: Kept) -> list[str]:
    """Where a canary came back: every route, list, filter, page, search and message."""
    cache.clear()
    found = [*_on_routes(story, kept), *_in_lists(story, kept)]
    for term in (kept.person.family_name, kept.person.given_names, kept.person.referrals.first().reference):
        found += [f"search: {leak}" for leak in _in_lists(story, kept, term)]
    return [*found, *_in_messages(story, kept)]


def rows_on_pages(story: Story, persona: str) -> tuple[int, int]:
    """How many cases the list says there are, and how many lines its pages draw."""
    client, drawn, number = story.clients[persona], 0, 1
    while True:
        answer = client.get(f"/agency/cases/?show=all&page={number}")
        page, html = answer.context["page_obj"], answer.content.decode()
        drawn += html.count('<th scope="row"')
        if not page.has_next():
            return page.paginator.count, drawn
        number += 1


def _on_routes(story: Story, kept: Kept) -> Iterator[str]:
    own = next(persona for persona in ("officer_restricted", "officer") if story.objects[persona].person == kept.person)
    objects = story.objects[own]
    for name, row in POLICY.items():
        path = reverse(name, kwargs={argument: getattr(objects, key) for argument, key in row.at.items()} or None)
        yield from _read(story, kept, path, name)


def _in_lists(story: Story, kept: Kept, term: str = "") -> Iterator[str]:
    client = story.clients[kept.persona]
    officers = Membership.objects.filter(user__cases__participant=kept.person)
    theirs = [f"/agency/hand-over/?from={each.public_id}" for each in officers]
    assert theirs
    for path in AFTER_SEARCH if term else [*LISTS, *theirs]:
        if term:
            client.post("/agency/cases/search/", {"term": term})
        answer = client.get(path)
        yield from _found(kept, path, answer.content.decode())
    client.get("/agency/cases/?clear=1")


def _read(story: Story, kept: Kept, path: str, name: str) -> Iterator[str]:
    answer, _ = ask(story, kept.persona, "GET", path, {})
    if answer.headers.get("Content-Type") == "application/pdf":
        with pdfplumber.open(io.BytesIO(answer.content)) as pdf:
            text = "\n".join(page.extract_text() for page in pdf.pages)
    else:
        text = answer.content.decode().replace(path, "")
    yield from _found(kept, name, text + str(answer.headers).replace(path, ""))


def _found(kept: Kept, place: str, text: str) -> Iterator[str]:
    yield from (f"{place}: {canary}" for canary in kept.canaries if canary in text)


def _in_messages(story: Story, kept: Kept) -> Iterator[str]:
    user = story.users[kept.persona]
    subjects: list[Any] = [
        *Referral.objects.filter(participant=kept.person),
        *Offer.objects.filter(referral__participant=kept.person),
    ]
    kinds = [message for message in MESSAGES.values() if isinstance(message, OfficerMessage)]
    assert user is not None
    assert subjects
    assert kinds
    for message in kinds:
        for subject in subjects:
            said = message.context(subject_id=subject.pk, recipient_id=user.pk, at=clock.now())
            yield from _found(kept, f"message {message.kind}", str(said))

"""Whatever is typed into any field of any form, or put behind any address, is answered in words: never with a 500."""

import logging
import re
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpResponse
from django.urls import reverse

from tests.architecture.matrix import ask, routes
from tests.architecture.policy import POLICY, THIRD_PARTY
from tests.architecture.story import Story, tell

NASTY = {
    "nul": "a\x00b",
    "huge number": "9" * 40,
    "negative": "-1",
    "lone surrogate": "\ud800",
    "other digits": "١٢٣",
    "long": "x" * 20_000,
    "markup": "<script>alert(1)</script>{{ 7|add:7 }}%s%00'\";--",
    "year one": "0001",
}
FIELD = re.compile(r'<(?:input|select|textarea)\b[^>]*?\bname="([^"]+)"')
QUERIES = [
    "?page=-1",
    "?page=99999999999999999999",
    "?page=%00",
    "?show=%FF&whose=x&whose=%00",
    "?next=//evil.example/",
    "?q=" + "x" * 5000,
]
NAMES = sorted(name for name, _ in routes() if name in POLICY and name not in THIRD_PARTY)


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Story]:
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    logging.disable(logging.CRITICAL)
    try:
        with django_db_blocker.unblock(), block:  # type: ignore[attr-defined]
            yield tell()
            transaction.set_rollback(True)
    finally:
        logging.disable(logging.NOTSET)
        cache.clear()


def refused(answer: HttpResponse) -> set[str]:
    """What a form's fields refuse of what they were sent, each looked at by itself: alone it would be refused in the same way."""
    shown = [value for layer in answer.context or [] for value in layer.flatten().values()]
    found = set[str]()
    for form in {id(each): each for each in shown if isinstance(each, BaseForm) and each.is_bound}.values():
        for name, field in form.fields.items():
            try:
                field.clean(form[name].data)
            except (ValidationError, TypeError):  # a file's field is asked with what it was filled with before
                found |= {form.add_prefix(name), *(each.data["name"] for each in form[name].subwidgets)}
    return found


@pytest.mark.parametrize("name", NAMES)
def test_no_input_is_answered_with_a_fault(name: str, story: Story, request: pytest.FixtureRequest) -> None:
    cache.clear()
    row = POLICY[name]
    persona = sorted(row.allowed)[0] if "officer" not in row.allowed else "officer"
    values = {argument: getattr(story.objects[persona], key) for argument, key in row.at.items()}
    path = reverse(name, kwargs=values or None)
    for client in story.clients.values():
        client.raise_request_exception = False
    found = []
    for query in QUERIES:
        answer, _ = ask(story, persona, "GET", path + query, {})
        found += [f"GET {query[:20]}: {answer.status_code}"] if answer.status_code >= 500 else []
    page, _ = ask(story, persona, "GET", path, {})
    fields = set(FIELD.findall(page.content.decode(errors="replace"))) | set(row.post)
    for what, value in NASTY.items():
        attacks = [fields]
        for attacked in attacks:
            sent = {**row.post, **dict.fromkeys(attacked, value)}
            try:
                answer, _ = ask(story, persona, "POST", path, sent)
            except UnicodeEncodeError:
                continue  # the test's client cannot write it; a browser could not either
            if answer.status_code >= 500 and not (name == "checkout-start" and answer.status_code == 503):
                found.append(f"POST {what} in {sorted(attacked)[:3]}: {answer.status_code}")
            if attacked is fields:
                attacks += [{each} for each in sorted(fields - refused(answer))]
    assert found == []

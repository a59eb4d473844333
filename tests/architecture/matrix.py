"""Trying one cell of the matrix: a route, as a persona, by GET or POST. What is wrong with the answer comes back in words."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import URLPattern, get_resolver, resolve, reverse

from diversion.accounts.navigation import MENU
from tests.architecture.policy import KEPT_OUT, OF_A_CASE, OUTSIDE, POLICY, Row
from tests.architecture.story import MARKERS, Story

METHODS = ("GET", "POST")
UNKNOWN = {
    "public_id": "z" * 26,
    "course_id": "z" * 26,
    "note": "z" * 26,
    "serial": "0" * 12,
    "token": "unknown",
    "pk": 999_999,
    "key": "0-0",
}
NOWHERE = "nothing/here/at/all/"
WRITE = re.compile(r"^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)")
TRAIL = "audit_auditevent"
OF_THE_SESSION = {"django_session", "usersessions_usersession"}
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
SIGN_IN = ("/my/sign-in/", "/account/login/")
SECOND_FACTOR = ("/account/2fa/", "/account/2fa/reauthenticate/")
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def routes(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route of the resolver with its full name."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLPattern):
            yield f"{prefix}{each.name}", each
        else:
            yield from routes(each.url_patterns, f"{prefix}{each.namespace}:" if each.namespace else prefix)


@contextmanager
def undone() -> Iterator[list[str]]:
    """What happens inside is rolled back; the list gathers the tables that were written to, sessions left out."""
    written: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if (found := WRITE.match(sql)) and found[1] not in OF_THE_SESSION:
            written.append(found[1])
        return execute(sql, params, many, context)

    block = transaction.atomic()
    block._from_testcase = True
    with block:
        with connection.execute_wrapper(watch):
            yield written
        transaction.set_rollback(True)


def ask(story: Story, persona: str, method: str, path: str, post: dict[str, str]) -> tuple[HttpResponse, list[str]]:
    """The answer, and the tables written to. The persona's cookies are as they were after signing in."""
    client = story.clients[persona]
    client.cookies.clear()
    for name, value in story.cookies[persona].items():
        client.cookies[name] = value
    with undone() as written:
        answer = client.get(path) if method == "GET" else client.post(path, post)
        if answer.streaming:
            answer.content = b"".join(answer.streaming_content)
    return answer, written


def faults(story: Story, name: str, personas: Any = ()) -> list[str]:
    """What is wrong with a route, over personas and both methods; empty when all is as the policy says."""
    cache.clear()
    row = POLICY[name]
    found = []
    for persona in personas or story.clients:
        for method in METHODS:
            found += [f"{name} {method} as {persona}: {fault}" for fault in _cell(story, name, row, persona, method)]
    return found


def _cell(story: Story, name: str, row: Row, persona: str, method: str) -> list[str]:
    values = {argument: getattr(story.objects[persona], key) for argument, key in row.at.items()}
    path = reverse(name, kwargs=values or None)
    answer, written = ask(story, persona, method, path, row.post)
    found = [f"no {header}" for header, value in HEADERS.items() if value not in answer.headers.get(header, "")]
    found += [
        f"shows {marker}" for marker, may in MARKERS.items() if persona not in may and marker.encode() in answer.content
    ]
    if persona in row.allowed:
        return found + _opened(row, answer)
    found += [f"wrote to {table}" for table in written if not (table == TRAIL and is_kept(story, persona, name, row))]
    if persona in OUTSIDE:
        return found + _led_to_sign_in(answer, path)
    if persona == "no_second_factor" and answer.headers.get("Location", "").startswith(SECOND_FACTOR):
        return found
    return found + _as_if_absent(story, name, values, persona, method, row, answer, path)


def is_kept(story: Story, persona: str, name: str, row: Row) -> bool:
    """Whether the route asks for a case that exists and is kept from one of the agency's own, whose role would open the page."""
    guard = dict(routes())[name].callback.guard
    return persona in KEPT_OUT and guard.admits(story.users[persona]) and not OF_A_CASE.isdisjoint(row.at.values())


def _opened(row: Row, answer: HttpResponse) -> list[str]:
    if answer.status_code >= 500:
        return [f"answered {answer.status_code} {_why(answer)}"]
    if answer.status_code == 404 and not row.absent:
        return ["answered 404"]
    if answer.headers.get("Location", "").startswith(SIGN_IN) and not row.leads_to_sign_in:
        return [f"led to {answer.headers['Location']}"]
    return []


def _led_to_sign_in(answer: HttpResponse, path: str) -> list[str]:
    door = SIGN_IN[0] if path.startswith("/my/") else SIGN_IN[1]
    right = answer.status_code in (302, 303) and answer.headers.get("Location", "").startswith(door)
    return [] if right else [f"answered {answer.status_code}, not the way in"]


def _as_if_absent(
    story: Story, name: str, values: Any, persona: str, method: str, row: Row, answer: HttpResponse, path: str
) -> list[str]:
    """Denied is the same, byte for byte, as asking for what does not exist: an object, or a page when one's role opens none."""
    if resolve(path).func.guard.admits(story.users[persona]):
        unknown = {argument: UNKNOWN.get(argument, value) for argument, value in values.items()}
        nowhere, allowed = reverse(name, kwargs=unknown), {404, 405}
        absent = ask(story, persona, method, nowhere, row.post)[0]
    else:
        nowhere, allowed = _nowhere(path), {404}
        if (persona, method, nowhere) not in story.absent:
            story.absent[persona, method, nowhere] = ask(story, persona, method, nowhere, {})[0]
        absent = story.absent[persona, method, nowhere]
    if answer.status_code not in allowed or absent.status_code != answer.status_code:
        return [f"answered {answer.status_code} where what does not exist answers {absent.status_code} {_why(answer)}"]
    return [] if _plain(answer, path) == _plain(absent, nowhere) else ["is told apart from what does not exist"]


def _nowhere(path: str) -> str:
    """An address without a page, under the same line of the menu: which line is marked depends on the address alone."""
    lines = [reverse(entry.route) for entry in MENU]
    return max((line for line in lines if path.startswith(line)), key=len, default="/") + NOWHERE


def _plain(answer: HttpResponse, path: str) -> bytes:
    own = re.compile(re.escape(path.encode()) + rb"(?!\w)")  # not the beginning of a longer address in the menu
    return own.sub(b"PATH", TOKEN.sub(b"", answer.content))


def _why(answer: HttpResponse) -> str:
    error = getattr(answer, "exc_info", None)
    return repr(error[1])[:300] if error else str(answer.headers.get("Location", ""))

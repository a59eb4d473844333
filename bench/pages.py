"""What a page costs, how many queries it makes, and how heavy it is on a phone."""

import gzip
import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.processes import Web
from bench.report import Figure
from bench.world import World
from diversion.accounts.models import User
from tests.integration.signed_in import sign_in


def measure_pages(web: Web, world: World) -> list[Figure]:
    """The three pages that matter most, beside the two floors. Queries are those of a second visit."""
    bare, floor = web.cost("/floor/bare/", requests=150), web.cost("/floor/select/", requests=150)
    pages = [
        ("course search, 20,000 open courses", "/my/courses/", world.participant, 10),
        ("caseload, 25 of 2,000 cases", "/agency/cases/", world.officer, 20),
        ("register, 24 people", f"/provider/sessions/{world.register.public_id}/register/", world.trainer, 15),
    ]
    figures = [
        Figure("bare page, our middleware", bare, "CPU-ms"),
        Figure("floor: one SELECT, 2 kB template", floor, "CPU-ms"),
    ]
    for name, path, user, goal in pages:
        client, cookies = _browser(user)
        figures += [
            Figure(name, web.cost(path, cookies), "CPU-ms", floor, f"<= {goal}"),
            Figure(f"{name}: queries", _queries(client, path), "SQL", 1, "<= 6"),
        ]
    return [*figures, *_weight(_browser(world.participant)[0])]


def _browser(user: User) -> tuple[Client, str]:
    client = sign_in(Client(), user)
    return client, "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def _queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as made:
        client.get(path)
    return len(made)


def _weight(client: Client) -> list[Figure]:
    """The participant's search page as it travels: HTML, styles and scripts compressed, fonts and pictures as they are."""
    html = client.get("/my/courses/").content
    page = len(gzip.compress(html))
    parts = set(re.findall(r'(?:href|src)="/static/([^"?#]+)', html.decode()))
    styles = [path for path in map(_found, parts) if path and path.suffix == ".css"]
    fonts = {found for style in styles for found in _urls_in(style)}
    first = page + sum(map(_travels, filter(None, map(_found, parts)))) + sum(map(_travels, fonts))
    return [
        Figure("participant's page, first visit", first / 1000, "kB", goal="<= 100"),
        Figure("participant's page, after", page / 1000, "kB", goal="<= 20"),
    ]


def _found(name: str) -> Path | None:
    found = finders.find(name)
    return Path(str(found)) if found else None


def _urls_in(style: Path) -> set[Path]:
    """The fonts a style sheet names; a browser may fetch fewer."""
    return {
        path
        for name in re.findall(r"url\([\"']?([^\"')]+\.woff2)", style.read_text())
        if (path := _found(name.removeprefix("/static/")) or (style.parent / name)).exists()
    }


def _travels(path: Path) -> int:
    content = path.read_bytes()
    return len(gzip.compress(content)) if path.suffix in {".css", ".js", ".svg"} else len(content)

"""Names and habits that keep the house tidy. Each rule is shown to see what it forbids."""

import ast
import re

import pytest

from tests.architecture.source import Source, dotted, modules, templates
from tests.architecture.test_sizes import is_views

VAGUE = {"utils", "util", "helpers", "helper", "misc", "manager", "managers", "common", "tools"}

# Signals tell apps further down of what happened further up; business flow goes through services.
SIGNALS = {
    "diversion/accounts/apps.py": "the sign-in library says that somebody signed in or set up a factor",
    "diversion/core/apps.py": "Django says that a request failed; the log is told without the data",
    "diversion/notifications/messages.py": "accounts stand below messages, and ask for one by signal",
    "diversion/accounts/signals.py": "the one signal of ours",
}
UNESCAPED: dict[str, str] = {}
# A view loads through visible_to(user). These look up something else, for the reason given.
UNFILTERED = {
    "diversion/accounts/views/home.py": "the person's own account",
    "diversion/accounts/views/colleagues.py": "the person's own organisation",
    "diversion/referrals/views/officers.py": "colleagues of the person's own organisation",
    "diversion/referrals/views/offers.py": "offers of visible referrals",
    "diversion/referrals/views/contacts.py": "what this browser's session holds since a letter was opened",
    "diversion/referrals/views/volunteers.py": "the contact that this browser's session holds, before there is a person",
    "diversion/referrals/views/drafts.py": "the trail of a referral loaded through visible_to",
    "courses/views/certificate.py": "the public check, by serial; and certificates of visible bookings",
    "courses/views/provider.py": "the person's own provider",
}
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<style|\sstyle=\"|\son[a-z]+=\"|javascript:", re.I
)
LATER = {"countdown", "eta"}
LONGEST_COUNTDOWN = 60


TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)


def inline(source: Source) -> bool:
    """Whether a template holds a script, a style or a handler; the arguments of its tags are not HTML."""
    return bool(INLINE.search(TAG.sub("", source.text)))


def has_vague_name(path: str) -> bool:
    return bool({part.removesuffix(".py") for part in path.split("/")} & VAGUE)


def save_overrides(source: Source) -> list[str]:
    """Classes with a `save` or `delete` of their own that hand on to a model's."""
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and ("/models" in source.path or "models" in source.path.split("/")[-1]):
            found += [
                source.at(each)
                for each in node.body
                if isinstance(each, ast.FunctionDef) and each.name in {"save", "delete"}
            ]
    return found


def signals(source: Source) -> list[str]:
    calls = [call for call in source.calls() if dotted(call.func).split(".")[-1] in {"receiver", "connect", "Signal"}]
    named = [
        call
        for call in calls
        if not dotted(call.func).startswith(("sqlite3.", "socket.", "psycopg.")) and dotted(call.func) != "connect"
    ]
    return [source.at(call) for call in named]


def unescaped(source: Source) -> list[str]:
    if source.path.endswith(".py"):
        return [
            source.at(call) for call in source.calls() if dotted(call.func).split(".")[-1] in {"mark_safe", "SafeString"}
        ]
    bad = re.compile(r"\|\s*safe\b|{%\s*autoescape off|\|\s*safeseq\b")
    return [
        f"{source.path}:{number}"
        for number, line in enumerate(source.text.splitlines(), 1)
        if bad.search(line) and not source.path.endswith(".txt")
    ]


def unfiltered(source: Source) -> list[str]:
    """`Model.objects.…` where neither `visible_to` nor, for lists, `listed_for` follows, and `get_object_or_404(Model, …)`."""
    seen = []
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Attribute)
            and node.value.attr in {"objects", "_default_manager"}
            and node.attr not in {"visible_to", "listed_for"}
        ):
            seen.append(source.at(node))
        if (
            isinstance(node, ast.Call)
            and dotted(node.func) in {"get_object_or_404", "get_list_or_404"}
            and isinstance(node.args[0], ast.Name)
            and node.args[0].id[0].isupper()
        ):
            seen.append(source.at(node))
    return seen


def late_tasks(source: Source) -> list[str]:
    """Work asked for later than in a minute: it would wait in the broker, which may be emptied. The database is where it waits."""
    found = []
    for call in source.calls():
        for keyword in call.keywords:
            value = getattr(keyword.value, "value", None)
            if keyword.arg in LATER and not (
                keyword.arg == "countdown" and isinstance(value, int) and value <= LONGEST_COUNTDOWN
            ):
                found.append(source.at(call))
    return found


def test_no_module_is_a_drawer_for_everything():
    assert [source.path for source in modules() if has_vague_name(source.path)] == []
    assert has_vague_name("courses/utils.py")
    assert has_vague_name("courses/helpers/places.py")


def test_no_model_saves_in_its_own_way():
    assert [place for source in modules() for place in save_overrides(source)] == []
    assert save_overrides(Source("courses/models/x.py", "class A:\n    def save(self, *a): ...\n"))


def test_signals_are_few_and_listed():
    assert {place.split(":")[0] for source in modules() for place in signals(source)} == set(SIGNALS)
    assert signals(Source("x.py", "@receiver(post_save)\ndef f(): ..."))
    assert signals(Source("x.py", "post_save.connect(f)"))


def test_nothing_is_written_unescaped():
    assert {place.split(":")[0] for source in [*modules(), *templates()] for place in unescaped(source)} == set(UNESCAPED)
    assert unescaped(Source("x.html", "{{ name|safe }}"))
    assert unescaped(Source("x.html", "{% autoescape off %}"))
    assert unescaped(Source("x.py", "mark_safe(name)"))


def test_views_load_through_visible_to():
    found = {place.split(":")[0] for source in modules() if is_views(source.path) for place in unfiltered(source)}
    assert found == set(UNFILTERED)
    assert unfiltered(Source("x.py", "Referral.objects.get(pk=1)"))
    assert unfiltered(Source("x.py", "get_object_or_404(Referral, pk=1)"))
    assert unfiltered(Source("x.py", "get_object_or_404(Referral.objects.visible_to(user), pk=1)")) == []


def test_templates_hold_no_scripts_styles_or_handlers():
    assert [source.path for source in templates() if inline(source)] == []


@pytest.mark.parametrize(
    "line", ["<script>x()</script>", '<p style="color: red">', '<a onclick="x()">', "<style>", '<a href="javascript:x()">']
)
def test_an_inline_script_or_style_is_seen(line):
    assert inline(Source("x.html", line))


@pytest.mark.parametrize(
    "line", ['<script src="a.js"></script>', '<script type="application/json">', '{% include "x" with style="warning" %}']
)
def test_what_the_policy_allows_is_not(line):
    assert not inline(Source("x.html", line))


def test_nothing_waits_in_the_broker():
    assert [place for source in modules() for place in late_tasks(source)] == []
    assert late_tasks(Source("x.py", "task.apply_async(countdown=3600)"))
    assert late_tasks(Source("x.py", "task.apply_async(countdown=seconds)"))
    assert late_tasks(Source("x.py", "task.apply_async(eta=tomorrow)"))
    assert late_tasks(Source("x.py", "task.apply_async(countdown=30)")) == []

""".env.example names what is read, all of it and nothing else; compose.yaml gives every secret from outside."""

import re

from tests.local.processes import ROOT

READ_BEFORE_SETTINGS = {"DJANGO_SETTINGS_MODULE", "DIVERSION_STATE", "STANDIN_PORT"}


def test_the_example_names_exactly_what_is_read() -> None:
    read = set(re.findall(r'env\.\w+\("([A-Z_]+)"', (ROOT / "diversion/settings/env.py").read_text()))
    named = re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(named) == sorted(read | READ_BEFORE_SETTINGS)


def test_compose_holds_no_password() -> None:
    text = (ROOT / "compose.yaml").read_text()
    passwords = re.findall(r"(?:PASSWORD|REDISCLI_AUTH): (\S+)", text)
    assert passwords
    assert all(re.fullmatch(r"\$\{[A-Z_]+:\?\}", password) for password in passwords)
    assert all(password.startswith("${") for password in re.findall(r"://\w*:([^@]+)@", text))

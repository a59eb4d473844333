"""The Welsh catalogue that is read (.mo) is the one that is written (.po), and no sentence lost a placeholder."""

import ast
import gettext
import re
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "locale" / "cy" / "LC_MESSAGES"
QUOTED = re.compile(r'^(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)?\s*(".*")$')
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%\{\w+\}|\{\w+\}")


def written() -> dict[tuple[str, int], tuple[str, str]]:
    """(msgid, plural form) → (the English it stands for, the Welsh), translated entries alone, the header left out."""
    entries: dict[tuple[str, int], tuple[str, str]] = {}
    for block in (FOLDER / "django.po").read_text(encoding="utf-8").split("\n\n"):
        parts: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            if match := QUOTED.match(line):
                key = match[1] or key
                parts[key] = parts.get(key, "") + ast.literal_eval(match[2])
        name = f"{parts['msgctxt']}\x04{parts['msgid']}" if "msgctxt" in parts else parts.get("msgid", "")
        for field, welsh in parts.items():
            if name and welsh and field.startswith("msgstr"):
                form = int(field[7:8] or 0)
                entries[name, form] = (parts.get("msgid_plural", parts["msgid"]) if form else parts["msgid"], welsh)
    return entries


def test_the_compiled_catalogue_says_what_the_written_one_says() -> None:
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    read = {(key if isinstance(key, tuple) else (key, 0)): text for key, text in compiled.items() if key}
    assert read == {key: welsh for key, (_, welsh) in written().items()}
    assert len(read) > 100


def test_every_translation_keeps_its_placeholders() -> None:
    lost = {
        english: welsh
        for english, welsh in written().values()
        if not set(PLACEHOLDER.findall(welsh)) <= set(PLACEHOLDER.findall(english))
        or set(PLACEHOLDER.findall(english)) - set(PLACEHOLDER.findall(welsh)) - {"%(count)s", "%(count)d"}
    }
    assert lost == {}

"""From the bytes of a file to its rows, or one sentence on why it cannot be read. Touches no tables and trusts nothing."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from diversion.core.errors import Refusal
from diversion.core.uploads import MOST_BYTES
from diversion.partners.columns import COLUMNS, PHONES, REFERENCE, REQUIRED
from diversion.referrals.services.intake import Trouble

MOST_ROWS = 10_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{5,25}")


class FileIsUnreadable(Refusal):
    """Nothing of the file is taken in. `code` says why to a machine."""

    field = "file"

    def __init__(self, code: str, sentence: str | Promise) -> None:
        self.code = code
        super().__init__(sentence)


TOO_LARGE = _("The file is larger than 10 MB. Split it into several files.")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file under its header, numbered as a spreadsheet numbers it. With `errors` it goes no further."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    errors: Sequence[Trouble] = ()


def read_rows(content: bytes) -> list[Line]:
    """The rows of a CSV file, the header first. Empty rows are left out but counted.

    :raises FileIsUnreadable: its size, its encoding or its header is wrong; the sentence says where and what to do.
    """
    if len(content) > MOST_BYTES:
        raise FileIsUnreadable("too-large", TOO_LARGE)
    records = _records(_text(content))
    header = _header(next(records, []))
    lines: list[Line] = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(records, 2):
        if any(cell.strip() for cell in cells):
            lines.append(_line(number, header, cells, seen))
        if len(lines) > MOST_ROWS:
            raise FileIsUnreadable("too-many-rows", _("The file has more than 10,000 rows. Split it into several files."))
    if not lines:
        raise FileIsUnreadable("empty", _("The file has no rows under its header."))
    return lines


def _text(content: bytes) -> str:
    if not content.strip():
        raise FileIsUnreadable("empty", _("The file is empty."))
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"} or content[:64].count(0) > 8:
        raise FileIsUnreadable("utf-16", _("The file is in UTF-16. Save it as “CSV UTF-8” and upload it again."))
    if b"\0" in content:
        line = content[: content.index(b"\0")].count(b"\n") + 1
        raise FileIsUnreadable("not-text", _g("Line %(line)s holds bytes that are not text.") % {"line": line})
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        words = _g("Line %(line)s is not in UTF-8. Save the file as “CSV UTF-8” and upload it again.")
        raise FileIsUnreadable("not-utf-8", words % {"line": line}) from None


def _records(text: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        yield from reader
    except csv.Error:
        words = _g("Line %(line)s cannot be read: a quotation mark is left open, or a cell is too long.")
        raise FileIsUnreadable("not-csv", words % {"line": reader.line_num}) from None


def _header(cells: Sequence[str]) -> list[str]:
    """The names of the columns, in the file's order.

    :raises FileIsUnreadable: one is unnamed, there twice, unknown, or missing.
    """
    names = [cell.strip().lower() for cell in cells]
    counted, known = Counter(names), {column.name for column in COLUMNS}
    blank = next((place for place, name in enumerate(names, 1) if not name), 0)
    if blank and any(names):
        raise FileIsUnreadable("header-shifted", _g("Column %(place)s has no name in the header.") % {"place": blank})
    unknown = [name[:40] for name in names if name not in known]
    for code, found, words in [
        ("header-missing", [name for name in REQUIRED if name not in counted], _("The header lacks: %(names)s.")),
        ("header-unknown", unknown, _("The header has columns that are not known here: %(names)s.")),
        (
            "header-repeated",
            [n for n, count in counted.items() if count > 1],
            _("The header has columns twice: %(names)s."),
        ),
    ]:
        if found:
            raise FileIsUnreadable(code, str(words) % {"names": ", ".join(found)})
    return names


def _line(number: int, header: Sequence[str], cells: Sequence[str], seen: dict[str, int]) -> Line:
    if len(cells) != len(header):
        words = _g("The row has %(found)s cells and the header %(wanted)s. Look for a column that has moved.")
        wrong = Trouble("", "cells", words % {"found": len(cells), "wanted": len(header)})
        return Line(number, errors=[wrong])
    row = dict(zip(header, cells, strict=True))
    words = _g("A cell may not begin with =, +, - or @: a spreadsheet would run it as a formula.")
    formulas = [Trouble(name, "formula", words) for name, cell in row.items() if _is_formula(name, cell)]
    if formulas:
        return Line(number, errors=formulas)
    reference = row[REFERENCE].strip().casefold()
    if reference and seen.setdefault(reference, number) != number:
        words = _g("Row %(row)s has the same reference.") % {"row": seen[reference]}
        return Line(number, errors=[Trouble(REFERENCE, "repeated", words)])
    return Line(number, {name: cell.strip() for name, cell in row.items()})


def _is_formula(name: str, cell: str) -> bool:
    if not cell.lstrip(" ").startswith(FORMULA):
        return False
    return not (name in PHONES and PHONE.fullmatch(cell.strip()))

"""PDFs that a screen reader can read. The only place that knows the typesetter."""

import json
from pathlib import Path
from typing import Any


def tagged_pdf(template: Path, data: dict[str, Any], *, timestamp: int | None = None) -> bytes:
    """A template filled with data, as PDF/UA-1. The words go in as data, never as markup.

    A name in a script that the built-in fonts lack is refused by the standard. The person must have their paper all the same:
    it is then made with the machine's own fonts, without the standard's promise. `timestamp` (seconds) makes the same file twice.
    """
    # Here, because a process that never prints need not carry it: eight megabytes.
    import typst

    inputs = {"data": json.dumps(data)}
    made: dict[str, Any] = {} if timestamp is None else {"timestamp": timestamp}
    try:
        return bytes(
            typst.compile(
                template, format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"], ignore_system_fonts=True, **made
            )
        )
    except typst.TypstError:
        return bytes(typst.compile(template, format="pdf", sys_inputs=inputs, ignore_system_fonts=False, **made))

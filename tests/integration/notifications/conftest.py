from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def notice_templates(settings: Any, tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "messages" / "tests"
    folder.mkdir(parents=True)
    for ending, words in {"subject": "A notice", "email": "About {{ subject }}", "sms": "About {{ subject }}"}.items():
        (folder / f"notice.{ending}.txt").write_text(words)
    template = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**template, "DIRS": [*template["DIRS"], tmp_path / "templates"]}]

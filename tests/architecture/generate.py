"""Writes the documents that are made from the code: `python -m tests.architecture.generate`, which `make docs` calls."""

from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
LIFECYCLES, PERMISSIONS = DOCS / "lifecycles.md", DOCS / "permissions.md"


def main() -> None:
    from tests.architecture import lifecycle_page, permissions_page
    from tests.architecture.product import lifecycles

    LIFECYCLES.write_text(lifecycle_page.page(list(lifecycles())), encoding="utf-8")
    PERMISSIONS.write_text(permissions_page.page(), encoding="utf-8")


if __name__ == "__main__":
    import os

    import django

    from diversion.local import ensure_environment

    ensure_environment("test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings.test")
    django.setup()
    main()

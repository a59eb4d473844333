#!/usr/bin/env python
"""Django's command line. Where no DATABASE_URL is set it starts (or joins) the embedded servers first."""

import os
import sys

from diversion.local import LocalTrouble, ensure_environment


def main() -> None:
    """Run one management command against the configured or the embedded servers."""
    try:
        ensure_environment("demo")
    except LocalTrouble as trouble:
        sys.exit(str(trouble))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings.development")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

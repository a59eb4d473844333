"""`python -m diversion.local STATE` is the keeper of one state folder; the process that needs it starts it."""

import sys
from pathlib import Path

from diversion.local.keeper import keep
from diversion.local.layout import Layout

if __name__ == "__main__":
    keep(Layout.at(Path(sys.argv[1])))

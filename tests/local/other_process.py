"""Another process that uses the servers: prints what it got, then stays until its standard input closes."""

import json
import sys
from pathlib import Path

from diversion.local import ensure

print(json.dumps(ensure(Path(sys.argv[1]))), flush=True)
sys.stdin.read()

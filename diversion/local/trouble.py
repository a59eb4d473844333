"""The one exception of this package."""


class LocalTrouble(Exception):
    """Something on this machine stands in the way; the message is one sentence that says what, and what to do."""

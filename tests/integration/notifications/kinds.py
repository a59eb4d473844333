"""A message kind of the tests' own: to anybody, about anything, until it is told that it has ended."""

from datetime import datetime
from uuid import UUID

from diversion.notifications.registry import Address, Message, register

ended: set[UUID] = set()
unconfirmed: set[UUID] = set()


@register
class TestNotice(Message):
    __test__ = False
    kind = "test-notice"
    template = "tests/notice"

    def address(self, *, recipient_id: UUID, channel: str) -> Address | None:
        return None if recipient_id in unconfirmed else Address(channel, f"{recipient_id}@example.org", "en-gb")

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        return None if subject_id in ended else {"subject": subject_id}

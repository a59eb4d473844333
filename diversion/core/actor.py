"""Who did it. Services take `by: Actor`; nothing reads an ambient user."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    STAFF = "staff"
    PARTICIPANT = "participant"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or process answerable for a change.

    `user_id` is the account that acted, None for the system. `on_behalf_of` is the participant for whom a member of staff acted.
    `process` names the system's part ("tick", "card payments").
    """

    kind: ActorKind
    user_id: UUID | None = None
    on_behalf_of: UUID | None = None
    process: str = ""

    @classmethod
    def system(cls, process: str) -> "Actor":
        """The service itself, acting through the named process."""
        return cls(ActorKind.SYSTEM, process=process)

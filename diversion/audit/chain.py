"""The chain over the trail: sealing new rows each minute, and telling whether anybody has touched the old.

Sealing is apart from writing, so that no request waits for another's commit to take its place in the chain.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from diversion.audit.models import AuditSeal

# A row may commit this long after the time it carries; only rows older than it must be sealed by now.
SETTLED = timedelta(minutes=10)
A_BATCH = 5000
_WHO = "x.actor_kind, x.actor_id, x.actor_process, x.on_behalf_of"
# The queries below are built of these constants alone; every value is a parameter.
# Times are hashed as epochs: text would change with the reader's time zone.
_ROWS = {
    "change": (
        "audit_auditevent",
        "recorded_at",
        f"x.id, extract(epoch FROM x.occurred_at), extract(epoch FROM x.recorded_at), x.action, x.subject_type, x.subject_id, "
        f"x.case_id, x.old_state, x.new_state, encode(x.reason_index, 'hex'), x.data, {_WHO}",
    ),
    "access": (
        "audit_accessevent",
        "at",
        f"x.id, extract(epoch FROM x.at), x.kind, x.route, x.purpose, x.organisation_id, x.participants, {_WHO}",
    ),
}


@dataclass(frozen=True)
class Head:
    """The last link. Noted outside the database, it gives away a tail that was cut off."""

    position: int
    link: bytes

    def __str__(self) -> str:
        return f"{self.position}:{self.link.hex()}"


def head() -> Head:
    """The chain's last link; position 0 and zeros before the first."""
    last = AuditSeal.objects.order_by("-position").first()
    return Head(last.position, bytes(last.link)) if last else Head(0, bytes(32))


@transaction.atomic
def seal(*, at: datetime) -> int:
    """Add a link for every row of the trail that has none. Says how many. One sealer at a time; others come back later."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('audit-chain'))")
        if not cursor.fetchone()[0]:
            return 0
        since = _sealed_up_to(at)
        fresh = [row for trail in _ROWS for row in _unsealed(cursor, trail, since)]
    position, link = head().position, head().link
    links = []
    for trail, event_id, digest in fresh:
        position, link = position + 1, _next(link, bytes(digest))
        links.append(AuditSeal(position=position, trail=trail, event_id=event_id, link=link))
    AuditSeal.objects.bulk_create(links, batch_size=1000)
    return len(links)


def faults(*, at: datetime, witness: str = "") -> Iterator[str]:
    """Everything wrong with the chain, the first bad position first. `witness` is a head noted earlier, as `str(Head)` gives it."""
    link, position, noted = bytes(32), 0, witness.partition(":")
    for row in _chain():
        position += 1
        if row[0] != position:
            yield f"link {position} is missing"
            return
        if row[2] is None:
            yield f"link {position}: the {row[1]} row it seals is gone"
            return
        link = _next(link, bytes(row[2]))
        if link != bytes(row[3]):
            yield f"link {position}: the {row[1]} row was changed, swapped or slipped in"
            return
        if witness and position == int(noted[0]) and link.hex() != noted[2]:
            yield f"link {position} is not the one that was noted"
            return
    if witness and position < int(noted[0]):
        yield f"the chain ends at {position}, but {noted[0]} links were noted: its tail was cut off"
    with connection.cursor() as cursor:
        for trail in _ROWS:
            loose = len(_unsealed(cursor, trail, None, until=at - SETTLED))
            if loose:
                yield f"{loose} {trail} rows older than {SETTLED} have no link: slipped in, or sealing has stopped"


def _next(link: bytes, digest: bytes) -> bytes:
    return hashlib.sha256(link + digest).digest()


def _sealed_up_to(at: datetime) -> datetime | None:
    return None if not AuditSeal.objects.exists() else at - timedelta(days=1)


def _digest(columns: str) -> str:
    return f"sha256(convert_to(jsonb_build_array({columns})::text, 'UTF8'))"


def _unsealed(
    cursor: Any, trail: str, since: datetime | None, until: datetime | None = None
) -> list[tuple[str, Any, bytes]]:
    table, when, columns = _ROWS[trail]
    cursor.execute(
        f"SELECT %s, x.id, {_digest(columns)} FROM {table} x LEFT JOIN audit_auditseal s ON s.event_id = x.id AND s.trail = %s "  # noqa: S608 # nosec B608
        f"WHERE s.position IS NULL AND (%s::timestamptz IS NULL OR x.{when} >= %s) AND (%s::timestamptz IS NULL OR x.{when} < %s) "
        f"ORDER BY x.{when}, x.id LIMIT {A_BATCH}",
        [trail, trail, since, since, until, until],
    )
    found: list[tuple[str, Any, bytes]] = cursor.fetchall()
    return found


def _chain() -> Iterator[tuple[Any, ...]]:
    """Every link in order with the digest its row has now."""
    digests = " ".join(
        f"WHEN '{trail}' THEN (SELECT {_digest(columns)} FROM {table} x WHERE x.id = s.event_id)"  # noqa: S608 # nosec B608
        for trail, (table, _when, columns) in _ROWS.items()
    )
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT s.position, s.trail, CASE s.trail {digests} END, s.link FROM audit_auditseal s "  # noqa: S608 # nosec B608
                f"WHERE s.position > %s ORDER BY s.position LIMIT {A_BATCH}",
                [last],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        yield from rows
        last = rows[-1][0]

"""Six-digit codes, proving that a person reads the contact they gave. Ten minutes, five tries, one use, one browser."""

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import OneTimeCode
from diversion.core.errors import Refusal

LIVES = timedelta(minutes=10)
TRIES = 5
ISSUES_AN_HOUR = 10


class TooManyCodes(Refusal):
    """Ten codes were asked for within the hour."""

    sentence = _("You have asked for too many codes. Wait an hour, then ask again.")


class CodeIsWrong(Refusal):
    """The figures do not match; a try has been counted."""

    sentence = _("That is not the code we sent. Check the newest message and type the 6 numbers again.")
    field = "code"


class CodeIsOver(Refusal):
    """No code is alive here: none was asked for in this browser, or it ran out, was used, or had five wrong tries."""

    sentence = _("That code can no longer be used. Ask for a new one.")
    field = "code"


@transaction.atomic
def issue_code(*, purpose: str, subject_id: UUID, session_key: str, at: datetime) -> str:
    """Make a code for one subject, purpose and browser session and return it for sending; only its keyed hash is stored.

    It ends every live code of the same subject, purpose and session. Where nobody is known by the contact typed, issue one
    all the same for a made-up subject and send nothing: both visitors then see the same pages.

    :raises TooManyCodes: the subject has had ten in the last hour.
    :raises ValueError: the session has no key yet.
    """
    _one_at_a_time(subject_id)
    if OneTimeCode.objects.filter(subject_id=subject_id, created_at__gt=at - timedelta(hours=1)).count() >= ISSUES_AN_HOUR:
        raise TooManyCodes
    session = _session_hash(session_key)
    OneTimeCode.objects.filter(
        purpose=purpose, subject_id=subject_id, session_key_hash=session, used_at=None, expires_at__gt=at
    ).update(expires_at=at)
    code = f"{secrets.randbelow(1_000_000):06}"
    row = OneTimeCode(
        purpose=purpose, subject_id=subject_id, session_key_hash=session, created_at=at, expires_at=at + LIVES
    )
    row.code_hash = _code_hash(row.pk, code)
    row.save(force_insert=True)
    return code


def check_code(*, purpose: str, subject_id: UUID, session_key: str, code: str, at: datetime) -> None:
    """Use up the live code, or count the guess. Spaces in what was typed do not matter.

    A guess is committed before it is judged, so parallel guesses count too and no later failure takes one back.

    :raises CodeIsWrong: the figures do not match.
    :raises CodeIsOver: no code is alive for this subject, purpose and session.
    :raises RuntimeError: called inside a transaction, which could roll the count back.
    """
    with transaction.atomic(durable=True):
        row = _newest(purpose=purpose, subject_id=subject_id, session_key=session_key)
        if row is None or not _alive(row, at).update(tries=F("tries") + 1):
            raise CodeIsOver
    if not hmac.compare_digest(_code_hash(row.pk, "".join(code.split())), row.code_hash):
        raise CodeIsWrong
    if not OneTimeCode.objects.filter(pk=row.pk, used_at=None).update(used_at=at):
        raise CodeIsOver


def _newest(*, purpose: str, subject_id: UUID, session_key: str) -> OneTimeCode | None:
    mine = OneTimeCode.objects.filter(purpose=purpose, subject_id=subject_id, session_key_hash=_session_hash(session_key))
    return mine.order_by("-created_at", "-expires_at").first()


def _alive(row: OneTimeCode, at: datetime) -> QuerySet[OneTimeCode]:
    return OneTimeCode.objects.filter(pk=row.pk, used_at=None, expires_at__gt=at, tries__lt=TRIES)


def _session_hash(session_key: str) -> str:
    if not session_key:
        raise ValueError("a code is bound to a browser session, and this one has no key yet")
    return salted_hmac("diversion.code.session", session_key, algorithm="sha256").hexdigest()


def _code_hash(row_id: UUID, code: str) -> str:
    # Six figures fall to any unkeyed hash in no time; the key is in the settings, not in a stolen dump.
    return salted_hmac("diversion.code", f"{row_id}:{code}", algorithm="sha256").hexdigest()


def _one_at_a_time(subject_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"one-time-code:{subject_id}"])

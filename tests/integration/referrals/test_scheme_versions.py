"""A version is drafted by one person, published by another, and never edited after."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from diversion.accounts.models import User
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.referrals.enums import SchemeVersionState
from diversion.referrals.models import Scheme, SchemeVersion
from diversion.referrals.services import schemes
from tests.factories import make_user, make_version

pytestmark = pytest.mark.django_db
RULES = {"admitted_risk_levels": ["low"], "offer_text_en": "x"}


def drafted(scheme: Scheme, user: User, *, days: int = 1) -> SchemeVersion:
    now = clock.now()
    day = clock.today() + timedelta(days=days)
    return schemes.draft_version(scheme=scheme, in_force_from=day, rules=RULES, user=user, by=user.as_actor(), at=now)


def publish(version: SchemeVersion, user: User) -> SchemeVersion:
    return schemes.publish_version(version=version, user=user, by=user.as_actor(), at=clock.now())


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

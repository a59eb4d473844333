"""A licence that does not cover a session stops publishing and rostering; one that ends warns in time, and shows what it endangers."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from courses.enums import CourseState, LicenceKind
from courses.models import Course, Provider, ProviderLicence, SessionTemplate, TrainerLicence
from courses.services.licence_warnings import warn_of_ending_licences
from courses.services.scheduling import (
    NeedsFullBeside,
    NotLicensed,
    TrainerIsNotLicensed,
    create_course,
    publish_course,
)
from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.clock import london
from diversion.notifications.models import OutboxMessage
from diversion.notifications.registry import MESSAGES
from diversion.referrals.models import Programme
from tests.factories import (
    make_course,
    make_programme,
    make_provider,
    make_trainer,
    make_trainer_licence,
    make_user,
    make_venue,
)
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")
DAY = timedelta(days=1)


@pytest.fixture
def programme() -> Programme:
    programme = make_programme(name="Taught things")
    for position in (1, 2):
        SessionTemplate.objects.create(programme=programme, position=position, title=f"Part {position}", minutes=120)
    return programme


@pytest.fixture
def provider(programme: Programme) -> Provider:
    return make_provider(programme)


def first_day() -> date:
    return clock.today() + 20 * DAY


def draft(provider: Provider, planned: Programme, *trainers: User) -> Course:
    return create_course(
        provider=provider, programme=planned, venue=make_venue(provider), language="en-gb", capacity=12, price_pence=9250,
        first_starts_at=london(first_day(), 10), trainers=trainers, on_holidays=True, by=BY, at=clock.now(),
    ).course  # fmt: skip


def unlicensed(provider: Provider) -> User:
    return make_trainer(provider, programmes=[])


@pytest.mark.parametrize(("starts", "ends", "covers"), [(0, 7, True), (1, 7, False), (0, 6, False)])
def test_a_trainer_is_put_on_sessions_that_their_licence_covers(
    provider: Provider, programme: Programme, starts: int, ends: int, covers: bool
) -> None:
    trainer = unlicensed(provider)
    dates = {"valid_from": first_day() + starts * DAY, "valid_until": first_day() + ends * DAY}
    make_trainer_licence(trainer, programme, **dates)
    if covers:
        assert draft(provider, programme, trainer).sessions.filter(trainers=trainer).count() == 2
        return
    with pytest.raises(TrainerIsNotLicensed, match=trainer.name) as refusal:
        draft(provider, programme, trainer)
    assert refusal.value.field == "trainers"
    assert Course.objects.count() == 0


def test_a_licence_for_another_programme_is_none(provider: Provider, programme: Programme) -> None:
    trainer = make_trainer(provider, programmes=[make_programme()])
    with pytest.raises(TrainerIsNotLicensed):
        draft(provider, programme, trainer)


def test_a_provisional_trainer_is_put_beside_a_full_one_alone(provider: Provider, programme: Programme) -> None:
    provisional = unlicensed(provider)
    make_trainer_licence(provisional, programme, kind=LicenceKind.PROVISIONAL)
    with pytest.raises(NeedsFullBeside, match=provisional.name):
        draft(provider, programme, provisional)
    assert draft(provider, programme, provisional, make_trainer(provider)).pk


def test_nobody_is_put_on_sessions_without_the_providers_licence(provider: Provider, programme: Programme) -> None:
    trainer = make_trainer(provider)
    ProviderLicence.objects.update(valid_until=first_day())
    with pytest.raises(NotLicensed) as refusal:
        draft(provider, programme, trainer)
    assert refusal.value.field == "programme"


def test_what_ends_between_drafting_and_publishing_stops_it(provider: Provider, programme: Programme) -> None:
    course = draft(provider, programme, make_trainer(provider))
    TrainerLicence.objects.update(valid_until=first_day())
    with pytest.raises(TrainerIsNotLicensed):
        publish_course(course=course, by=BY, at=clock.now())
    TrainerLicence.objects.update(valid_until=first_day() + 7 * DAY)
    assert publish_course(course=course, by=BY, at=clock.now()).state == CourseState.PUBLISHED


def warned() -> dict[Any, list[str]]:
    """Who is told of what, after two runs of the minute."""
    for _ in range(2):
        warn_of_ending_licences(at=clock.now())
    told: dict[Any, list[str]] = {}
    for row in OutboxMessage.objects.order_by("occurrence"):
        assert row.channel == "email"
        told.setdefault(row.recipient_id, []).append(f"{row.kind} {row.occurrence.rpartition(':')[2]}")
    return told


@pytest.mark.parametrize(("left", "which"), [(61, None), (60, "60"), (14, "14"), (0, "14"), (-1, None)])
def test_a_providers_licence_warns_its_administrators_once(provider: Provider, left: int, which: str | None) -> None:
    administrator = make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation)
    make_user(Role.PROVIDER_ADMINISTRATOR, make_provider().organisation)
    ProviderLicence.objects.update(valid_until=clock.today() + left * DAY)
    assert warned() == ({administrator.pk: [f"provider-licence-ends {which}"]} if which else {})


def test_a_trainers_licence_warns_them_and_their_administrators_at_both_times(provider: Provider) -> None:
    administrator, trainer = make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation), make_trainer(provider)
    TrainerLicence.objects.update(valid_until=clock.today() + 60 * DAY)
    warn_of_ending_licences(at=clock.now())
    warn_of_ending_licences(at=clock.now() + 46 * DAY)
    both = ["trainer-licence-ends 14", "trainer-licence-ends 60"]
    assert warned() == {administrator.pk: both, trainer.pk: both}


@pytest.mark.parametrize(("gap", "silent"), [(1, True), (2, False)])
def test_a_licence_that_follows_without_a_gap_keeps_it_silent(
    provider: Provider, programme: Programme, gap: int, silent: bool
) -> None:
    make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation)
    last = clock.today() + 14 * DAY
    ProviderLicence.objects.update(valid_until=last)
    follows = {"valid_from": last + gap * DAY, "valid_until": last + 400 * DAY}
    ProviderLicence.objects.create(provider=provider, programme=programme, **follows)
    assert (warned() == {}) is silent


def test_a_warning_says_what_ends_and_is_dropped_when_it_was_renewed(provider: Provider, programme: Programme) -> None:
    trainer = make_trainer(provider)
    TrainerLicence.objects.update(valid_until=clock.today() + 14 * DAY)
    ask = {"subject_id": TrainerLicence.objects.get().pk, "recipient_id": trainer.pk, "at": clock.now()}
    told = MESSAGES["trainer-licence-ends"].context(**ask)
    assert told
    assert (told["name"], told["programme"]) == (trainer.name, "Taught things")
    TrainerLicence.objects.update(valid_until=clock.today() + 140 * DAY)
    assert MESSAGES["trainer-licence-ends"].context(**ask) is None


def test_the_page_lists_the_licences_and_the_courses_they_endanger(
    provider: Provider, programme: Programme, client: Client
) -> None:
    covered = make_course(programme, provider=provider, venue=make_venue(provider, name="Covered Hall"))
    trainer = unlicensed(provider)
    endangered = make_course(programme, provider=provider, venue=make_venue(provider, name="Endangered Hall"))
    endangered.sessions.get().trainers.add(trainer)
    make_course(venue=make_venue(name="Elsewhere Hall"))
    sign_in(client, make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation))
    html = client.get("/provider/licences/").content.decode()
    assert ("Endangered Hall" in html, "Covered Hall" in html, "Elsewhere Hall" in html) == (True, False, False)
    assert trainer.name in html
    ProviderLicence.objects.update(valid_until=clock.today())
    html = client.get("/provider/licences/").content.decode()
    assert "Covered Hall" in html
    assert html.count(covered.public_id) == 1

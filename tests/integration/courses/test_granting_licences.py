"""The service team grants, renews and ends licences; the database refuses two at once; who is concerned is told."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from courses.enums import LicenceKind
from courses.models import Provider, ProviderLicence, TrainerLicence
from courses.queries.granting import endangered_by_ending
from courses.services.licences import (
    DoesNotEndIt,
    EndsBeforeItStarts,
    EndsInThePast,
    LicenceIsOver,
    LicencesOverlap,
    end_licence,
    grant_licence,
    renew_licence,
)
from diversion.accounts.enums import Role
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.core.actor import Actor
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
)
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")
DAY = timedelta(days=1)
LIST = "/support/licences/"


@pytest.fixture
def programme() -> Programme:
    return make_programme(name="Taught things")


@pytest.fixture
def provider() -> Provider:
    return make_provider()


@pytest.fixture
def support(client: Client) -> Client:
    return sign_in(client, make_user(Role.SUPPORT, name="Sol Support"))


def granted(holder: Any, programme: Programme, first: int = 0, last: int = 30, **fields: Any) -> Any:
    """A licence from so many days ahead until so many."""
    days = {"valid_from": clock.today() + first * DAY, "valid_until": clock.today() + last * DAY}
    kind = fields.get("kind", LicenceKind.FULL)
    return grant_licence(holder=holder, programme=programme, kind=kind, **days, by=BY, at=clock.now())


def in_parts(name: str, day: date) -> dict[str, str]:
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}


@pytest.mark.parametrize("whose", ["provider", "trainer"])
@pytest.mark.parametrize(("first", "last", "fits"), [(31, 60, True), (30, 60, False), (-9, -1, False), (5, 6, False)])
def test_two_licences_never_overlap_by_a_day(
    provider: Provider, programme: Programme, whose: str, first: int, last: int, fits: bool
) -> None:
    holder = provider if whose == "provider" else make_trainer(provider, programmes=[])
    granted(holder, programme)
    if fits:
        assert granted(holder, programme, first, last).pk
        return
    with pytest.raises((LicencesOverlap, EndsInThePast)):
        granted(holder, programme, first, last)
    assert holder.licences.count() == 1


@pytest.mark.parametrize("whose", ["provider", "trainer"])
def test_the_database_refuses_what_the_service_would(provider: Provider, programme: Programme, whose: str) -> None:
    holder = provider if whose == "provider" else make_trainer(provider, programmes=[])
    licence = granted(holder, programme)
    for holder_of, taught in ((holder, make_programme()), (type(holder).objects.exclude(pk=holder.pk).first(), programme)):
        if holder_of:
            granted(holder_of, taught)
    days = {"valid_from": licence.valid_until, "valid_until": licence.valid_until + DAY}
    with pytest.raises(IntegrityError, match="never_twice"), transaction.atomic():
        holder.licences.create(programme=programme, **days)


def test_other_holders_and_other_programmes_do_not_overlap(provider: Provider, programme: Programme) -> None:
    other, trainer = make_provider(), make_trainer(provider, programmes=[])
    for holder, taught in ((provider, programme), (provider, make_programme()), (other, programme), (trainer, programme)):
        granted(holder, taught)
    assert (ProviderLicence.objects.count(), TrainerLicence.objects.count()) == (3, 1)


def test_days_that_make_no_sense_are_refused_beside_the_last_day(provider: Provider, programme: Programme) -> None:
    with pytest.raises(EndsBeforeItStarts) as backwards:
        granted(provider, programme, 10, 9)
    with pytest.raises(EndsInThePast) as over:
        granted(provider, programme, -9, -1)
    assert backwards.value.field == over.value.field == "valid_until"


def test_a_renewal_follows_without_a_gap_and_begins_today_when_there_was_one(
    provider: Provider, programme: Programme
) -> None:
    licence = granted(provider, programme)
    until = clock.today() + 400 * DAY
    next_one = renew_licence(licence=licence, kind=LicenceKind.FULL, valid_until=until, by=BY, at=clock.now())
    assert (next_one.valid_from, next_one.valid_until) == (licence.valid_until + DAY, until)
    long_over = ProviderLicence.objects.create(
        provider=provider, programme=make_programme(), valid_from=date(2020, 1, 1), valid_until=date(2020, 2, 1)
    )
    again = renew_licence(licence=long_over, kind=LicenceKind.FULL, valid_until=until, by=BY, at=clock.now())
    assert again.valid_from == clock.today()


@pytest.mark.parametrize(("last", "allowed"), [(-2, False), (-1, True), (0, True), (29, True), (30, False), (31, False)])
def test_it_ends_early_between_yesterday_and_its_last_day(
    provider: Provider, programme: Programme, last: int, allowed: bool
) -> None:
    licence = granted(provider, programme, -10)
    day = clock.today() + last * DAY
    if not allowed:
        with pytest.raises(DoesNotEndIt):
            end_licence(licence=licence, last_day=day, reason="Asked for.", by=BY, at=clock.now())
        return
    end_licence(licence=licence, last_day=day, reason="Asked for.", by=BY, at=clock.now())
    licence.refresh_from_db()
    assert licence.valid_until == day
    assert [each.valid_until for each in licence.events.order_by("pgh_id")] == [clock.today() + 30 * DAY, day]


def test_what_is_over_is_not_ended(provider: Provider, programme: Programme) -> None:
    over = ProviderLicence.objects.create(
        provider=provider, programme=programme, valid_from=date(2020, 1, 1), valid_until=date(2020, 2, 1)
    )
    with pytest.raises(LicenceIsOver):
        end_licence(licence=over, last_day=date(2020, 1, 15), reason="x", by=BY, at=clock.now())


def test_granting_and_ending_are_on_the_trail_with_the_reason(provider: Provider, programme: Programme) -> None:
    licence = granted(provider, programme)
    end_licence(licence=licence, last_day=clock.today(), reason="Closed down.", by=BY, at=clock.now())
    events = AuditEvent.objects.filter(subject_id=licence.pk).order_by("pk")
    assert [(event.action, event.reason) for event in events] == [
        ("licence.granted", ""), ("licence.ended", "Closed down.")
    ]  # fmt: skip
    assert events[1].data == {"until": str(clock.today()), "was until": str(clock.today() + 30 * DAY)}


def test_whom_an_early_end_concerns_is_told_and_nobody_else(provider: Provider, programme: Programme) -> None:
    administrator = make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation)
    make_user(Role.PROVIDER_ADMINISTRATOR, make_provider().organisation)
    trainer = make_trainer(provider, programmes=[])
    make_trainer(provider)
    licence = granted(trainer, programme)
    end_licence(licence=licence, last_day=clock.today(), reason="x", by=BY, at=clock.now())
    rows = OutboxMessage.objects.filter(kind="licence-ended-early")
    assert {(row.recipient_id, row.channel) for row in rows} == {(administrator.pk, "email"), (trainer.pk, "email")}
    ask = {"subject_id": licence.pk, "recipient_id": trainer.pk, "at": clock.now()}
    told = MESSAGES["licence-ended-early"].context(**ask)
    assert told
    assert (told["holder"], told["programme"], told["last_day"]) == (trainer.name, "Taught things", clock.today())
    granted(trainer, programme, 1, 30)
    assert MESSAGES["licence-ended-early"].context(**ask) is None


def test_the_courses_that_an_early_end_endangers_are_named_before_it_is_confirmed(
    provider: Provider, programme: Programme, support: Client
) -> None:
    licence = granted(provider, programme, -10, 200)
    trainer = make_trainer(provider, programmes=[])
    taught = make_trainer_licence(trainer, programme)
    made = make_course(programme, provider=provider)
    made.sessions.get().trainers.add(trainer)
    make_course(programme, provider=provider, state="draft")
    other = make_course(programme, provider=make_provider(programme))
    for held in (licence, taught):
        day = clock.day_of(made.first_starts_at)
        found = endangered_by_ending(held, last_day=day - DAY, at=clock.now())
        assert [course.pk for course, _lacks in found] == [made.pk]
        assert endangered_by_ending(held, last_day=day, at=clock.now()) == []
    page = reverse("licence-end", args=[licence.public_id])
    html = support.get(page, in_parts("last_day", clock.today())).content.decode()
    assert "It would leave 1 open course without" in html
    assert other.provider.organisation.name not in html
    licence.refresh_from_db()
    assert licence.valid_until == clock.today() + 200 * DAY


def test_ending_it_on_the_page_asks_for_the_reason_and_shows_it_in_the_history(
    provider: Provider, programme: Programme, support: Client
) -> None:
    licence = granted(provider, programme)
    page = reverse("licence-end", args=[licence.public_id])
    refused = support.post(page, {"last_day": str(clock.today()), "reason": ""})
    assert refused.status_code == 422
    late = support.post(page, {"last_day": str(licence.valid_until), "reason": "Closed down."})
    assert (late.status_code, "Choose a day from" in late.content.decode()) == (422, True)
    done = support.post(page, {"last_day": str(clock.today()), "reason": "Closed down."})
    assert (done.status_code, done.headers["Location"]) == (303, reverse("licence-show", args=[licence.public_id]))
    again = support.post(page, {"last_day": str(clock.today()), "reason": "Closed down."})
    assert again.status_code == 422
    html = support.get(done.headers["Location"]).content.decode()
    assert ("Closed down." in html, "Sol Support" in html, "Ended early: until" in html) == (True, True, True)


def test_granting_on_the_page_to_a_provider_and_to_a_trainer(
    provider: Provider, programme: Programme, support: Client
) -> None:
    trainer = make_trainer(provider, programmes=[], email="tara@example.org")
    days = {**in_parts("valid_from", clock.today()), **in_parts("valid_until", clock.today() + 400 * DAY)}
    typed = {"programme": programme.public_id, "kind": "provisional", **days}
    answer = support.post(f"{LIST}new/", {**typed, "holder": provider.public_id})
    licence = provider.licences.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{LIST}{licence.public_id}/")
    twice = support.post(f"{LIST}new/", {**typed, "holder": provider.public_id})
    assert (twice.status_code, "There is a licence from" in twice.content.decode()) == (422, True)
    unknown = support.post(f"{LIST}new/?of=trainers", {**typed, "holder": "nobody@example.org"})
    assert "No trainer signs in with this address." in unknown.content.decode()
    assert support.post(f"{LIST}new/?of=trainers", {**typed, "holder": "Tara@Example.org"}).status_code == 303
    assert trainer.licences.get().kind == "provisional"


def test_renewing_on_the_page(provider: Provider, programme: Programme, support: Client) -> None:
    licence = granted(provider, programme)
    page = reverse("licence-renew", args=[licence.public_id])
    early = support.post(page, {"kind": "full", **in_parts("valid_until", clock.today())})
    assert (early.status_code, "The last day cannot be before the first." in early.content.decode()) == (422, True)
    assert support.post(page, {"kind": "full", **in_parts("valid_until", clock.today() + 99 * DAY)}).status_code == 303
    assert provider.licences.count() == 2


def test_the_list_finds_by_name_and_keeps_providers_and_trainers_apart(
    provider: Provider, programme: Programme, support: Client
) -> None:
    granted(provider, programme)
    trainer = make_trainer(provider, programmes=[], name="Tara Iner")
    granted(trainer, programme)
    html = support.get(LIST).content.decode()
    assert (provider.organisation.name in html, "Tara Iner" in html) == (True, False)
    assert "Tara Iner" in support.get(LIST, {"of": "trainers", "name": "tara"}).content.decode()
    assert "No licences found" in support.get(LIST, {"of": "trainers", "name": "nobody\0"}).content.decode()


def test_a_draft_says_which_licence_is_missing_and_from_when(programme: Programme, client: Client) -> None:
    provider = make_provider(programme)
    course = make_course(programme, provider=provider, state="draft")
    sign_in(client, make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation))
    page = reverse("course-show", args=[course.public_id])
    assert "A licence is missing." not in client.get(page).content.decode()
    provider.licences.update(valid_until=clock.today())
    assert "A licence is missing." in client.get(page).content.decode()
    html = client.post(reverse("course-publish", args=[course.public_id]), follow=True).content.decode()
    assert "Your licence for this programme does not cover" in html

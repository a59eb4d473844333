"""Redis is gone: places are still found, held and confirmed, staff still sign in; only the door that counts guesses stays shut."""

from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client

from courses.enums import BookingState
from courses.models import Booking
from courses.services.booking import confirm_place
from diversion.celery import app
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import ReferralState
from diversion.referrals.throttle import TooManyTries, buckets, check
from tests.factories import make_course, make_referral, make_requirement, make_user
from tests.integration.signed_in import sign_in

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def no_redis(committed_db: None, monkeypatch: Any) -> None:
    """The broker and both caches at an address where nobody listens."""
    for alias in ("default", "strict"):
        monkeypatch.setattr(caches[alias], "_servers", [NOWHERE])
        monkeypatch.delitem(caches[alias].__dict__, "_cache", raising=False)
    monkeypatch.setattr(app.conf, "broker_write_url", NOWHERE)
    pools = app.amqp._producer_pool
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
    monkeypatch.setattr(app, "_pool", None)
    yield
    app.amqp._producer_pool = pools
    for alias in ("default", "strict"):
        caches[alias].__dict__.pop("_cache", None)


def test_a_place_is_found_held_and_confirmed(no_redis: None) -> None:
    requirement = make_requirement(make_referral(ReferralState.ACCEPTED))
    course = make_course(requirement.programme)
    person = sign_in(Client(), requirement.referral.participant.user)
    assert person.get("/my/courses/").status_code == 200
    assert person.post(f"/my/courses/{course.public_id}/").status_code == 303
    booking = Booking.objects.get()
    confirm_place(booking_id=booking.pk, by=Actor.system("tests"), at=clock.now())
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED
    assert OutboxMessage.objects.filter(state="queued").exists()
    assert person.get(f"/my/bookings/{booking.public_id}/").status_code == 200


def test_staff_sign_in_with_their_password(no_redis: None) -> None:
    officer = make_user()
    answer = Client().post(
        "/account/login/", {"login": officer.email, "password": "correct horse battery"}, REMOTE_ADDR="192.0.2.7"
    )
    assert answer.status_code == 303, answer.content.decode()[-500:]
    assert answer.url != "/account/login/"


def test_a_door_that_cannot_count_guesses_stays_shut_and_says_so(no_redis: None) -> None:
    with pytest.raises(TooManyTries, match="at the moment"):
        check(buckets(purpose="open", reference="x", address="192.0.2.7"), at=clock.now())
    answer = Client().post(
        "/",
        {"reference": "AAAA-AAAA-AAAA", "pin": "123456", "birth_day": "1", "birth_month": "1", "birth_year": "1990"},
    )
    assert answer.status_code < 500


def test_the_settings_keep_the_two_apart() -> None:
    assert settings.CACHES["default"]["BACKEND"].endswith("LenientRedisCache")
    assert settings.CACHES["strict"]["BACKEND"].endswith(".RedisCache")

"""The event list: filters, pages, and its thirty days."""

from urllib.parse import urlencode

import pytest
import stripe

from tests.contract.orders import open_session
from tests.contract.standin_process import API_KEY, StandIn, fetch


def expired_sessions(api: stripe.StripeClient, number: int) -> list[str]:
    """Make that many `checkout.session.expired` events; session ids, oldest first."""
    made = [open_session(api).id for _ in range(number)]
    for session_id in made:
        api.v1.checkout.sessions.expire(session_id)
    return made


def test_events_are_listed_newest_first(api: stripe.StripeClient) -> None:
    made = expired_sessions(api, 3)
    found = api.v1.events.list()
    assert [event.data.object["id"] for event in found.data] == made[::-1]
    assert (found.has_more, found.url) == (False, "/v1/events")


def test_pages_follow_starting_after(api: stripe.StripeClient) -> None:
    made = expired_sessions(api, 5)
    first = api.v1.events.list(params={"limit": 2})
    assert (len(first.data), first.has_more) == (2, True)
    rest = api.v1.events.list(params={"limit": 3, "starting_after": first.data[-1].id})
    assert [event.data.object["id"] for event in rest.data] == made[2::-1]
    assert not rest.has_more
    newer = api.v1.events.list(params={"limit": 1, "ending_before": rest.data[0].id})
    assert [event.id for event in newer.data] == [first.data[1].id]
    everything = api.v1.events.list(params={"limit": 2}).auto_paging_iter()
    assert [event.data.object["id"] for event in everything] == made[::-1]


def test_a_cursor_that_names_nothing_is_refused(either: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        either.v1.events.list(params={"starting_after": "evt_nothing"})
    assert refusal.value.code == "resource_missing"


def test_types_filter(standin: StandIn, api: stripe.StripeClient) -> None:
    expired_sessions(api, 1)
    standin.pay(open_session(api).id)

    def kinds(**params: object) -> set[str]:
        found = api.v1.events.list(params=params | {"limit": 100})  # type: ignore[arg-type]
        return {event.type for event in found.data}

    wanted = ["checkout.session.completed", "payment_intent.succeeded"]
    assert kinds(types=wanted) == set(wanted)
    assert kinds(type="checkout.session.*") == {"checkout.session.completed", "checkout.session.expired"}
    assert "charge.succeeded" in kinds()


def test_created_filter(standin: StandIn, api: stripe.StripeClient) -> None:
    (early,) = expired_sessions(api, 1)
    moment = api.v1.events.list().data[0].created
    standin.advance(100)
    late = open_session(api, expires_at=moment + 3000).id
    api.v1.checkout.sessions.expire(late)

    def found(**created: int) -> list[str]:
        listed = api.v1.events.list(params={"created": created})  # type: ignore[typeddict-item]
        return [event.data.object["id"] for event in listed.data]

    assert found(gte=moment + 50) == [late]
    assert found(lt=moment + 50) == [early]
    assert found(gt=moment) == [late]
    assert found(lte=moment) == [early]


def test_the_snapshot_does_not_change_with_the_object(standin: StandIn, api: stripe.StripeClient) -> None:
    standin.pay(open_session(api).id)
    (event,) = api.v1.events.list(params={"type": "charge.succeeded"}).data
    api.v1.refunds.create(params={"charge": event.data.object["id"]})
    assert api.v1.events.retrieve(event.id).data.object["amount_refunded"] == 0


def test_events_are_kept_thirty_days(standin: StandIn, api: stripe.StripeClient) -> None:
    expired_sessions(api, 1)
    (event,) = api.v1.events.list().data
    standin.advance(29 * 24 * 3600)
    assert len(api.v1.events.list().data) == 1
    standin.advance(2 * 24 * 3600)
    assert api.v1.events.list().data == []
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.v1.events.retrieve(event.id)
    assert refusal.value.http_status == 404


@pytest.mark.parametrize("moment", ["soon", "²", "9" * 30])
def test_a_moment_must_be_a_number(standin: StandIn, moment: str) -> None:
    url = f"{standin.base_url}/v1/events?" + urlencode({"created[gte]": moment})
    assert fetch(url, headers={"Authorization": f"Bearer {API_KEY}"}).status == 400

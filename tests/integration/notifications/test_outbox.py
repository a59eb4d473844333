"""A message is queued once, sent once, dropped when it would be wrong, tried again when the channel is down."""

import threading
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from diversion.core import clock
from diversion.notifications.channels.base import ChannelIsDown, ChannelRefuses
from diversion.notifications.channels.file import FileChannel
from diversion.notifications.enums import MessageState as S
from diversion.notifications.models import OutboxMessage
from diversion.notifications.outbox import queue_message
from diversion.notifications.registry import Address, Letterbox
from diversion.notifications.services.pump import LEASE, MOST_TRIES, claim, pump, recover
from tests.integration.notifications import kinds

AT = clock.now()


def queue(**fields: Any) -> uuid.UUID:
    subject = fields.pop("subject_id", uuid.uuid4())
    queue_message(
        **{
            "kind": "test-notice",
            "recipient_id": uuid.uuid4(),
            "subject_id": subject,
            "at": AT,
            "channels": ["email"],
            **fields,
        }
    )
    return OutboxMessage.objects.get(subject_id=subject, occurrence=fields.get("occurrence", "")).pk


def files(settings: Any) -> list[Path]:
    return sorted(Path(settings.MESSAGE_FOLDER).glob("*.txt"))


class Down(FileChannel):
    def send(self, letterbox: Any) -> None:
        raise ChannelIsDown


class Refusing(FileChannel):
    def send(self, letterbox: Any) -> None:
        raise ChannelRefuses


class Killed(BaseException):
    pass


class Silent(FileChannel):
    """Dies in the hand-over of the first message, and cannot be asked about it."""

    can_be_asked = False

    def send(self, letterbox: Any) -> None:
        raise Killed

    def took(self, reference: uuid.UUID) -> None:  # type: ignore[override]
        return None


def use(settings: Any, adapter: type) -> None:
    settings.MESSAGE_CHANNELS = dict.fromkeys(["email", "sms"], f"{__name__}.{adapter.__name__}")


@pytest.mark.django_db
def test_a_due_message_is_sent_once_and_says_what_it_should(settings: Any) -> None:
    pk = queue()
    assert pump(at=AT) == 1
    assert pump(at=AT) == 0
    message = OutboxMessage.objects.get(pk=pk)
    assert (message.state, message.sent_at) == (S.SENT, AT)
    assert [f"About {message.subject_id}" in path.read_text() for path in files(settings)] == [True]


@pytest.mark.django_db
def test_the_same_message_queued_twice_is_one() -> None:
    subject, recipient = uuid.uuid4(), uuid.uuid4()
    queue(subject_id=subject, recipient_id=recipient)
    queue(subject_id=subject, recipient_id=recipient)
    assert OutboxMessage.objects.count() == 1


@pytest.mark.django_db
def test_a_message_that_is_not_due_stays() -> None:
    queue(due_at=AT + timedelta(seconds=1))
    assert pump(at=AT) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("why", ["stale", "ended", "unconfirmed"])
def test_a_message_that_would_be_wrong_is_dropped(why: str, settings: Any) -> None:
    pk = queue(stale_at=AT if why == "stale" else None)
    message = OutboxMessage.objects.get(pk=pk)
    {"ended": kinds.ended, "unconfirmed": kinds.unconfirmed, "stale": set()}[why].update(
        {message.subject_id, message.recipient_id}
    )
    pump(at=AT)
    assert OutboxMessage.objects.get(pk=pk).state == S.DROPPED
    assert files(settings) == []


@pytest.mark.django_db
def test_a_channel_that_is_down_is_tried_again_later_and_given_up_in_the_end(settings: Any) -> None:
    use(settings, Down)
    pk, at = queue(), AT
    for _ in range(MOST_TRIES):
        assert pump(at=at) == 1
        assert pump(at=at) == 0
        at = OutboxMessage.objects.get(pk=pk).due_at
    assert OutboxMessage.objects.get(pk=pk).state == S.FAILED


class Broken(FileChannel):
    def send(self, letterbox: Any) -> None:
        if "broken" in letterbox.address.to:
            raise RuntimeError("a bug")
        super().send(letterbox)


@pytest.mark.django_db
def test_a_fault_in_one_message_holds_up_none_of_the_others(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    use(settings, Broken)
    first, second = queue(), queue()
    broken = OutboxMessage.objects.get(pk=first).recipient_id
    monkeypatch.setattr(
        kinds.TestNotice,
        "address",
        lambda _self, *, recipient_id, channel: Address(channel, "broken" if recipient_id == broken else "ok", "en-gb"),
    )
    assert pump(at=AT) == 2
    assert OutboxMessage.objects.get(pk=first).state == S.QUEUED
    assert OutboxMessage.objects.get(pk=second).state == S.SENT


@pytest.mark.django_db
def test_without_a_key_for_texts_a_text_is_refused_and_an_email_still_goes(settings: Any) -> None:
    settings.NOTIFY_API_KEY = ""
    settings.MESSAGE_CHANNELS = {
        "email": "diversion.notifications.channels.file.FileChannel",
        "sms": "diversion.notifications.channels.notify.NotifySmsChannel",
    }
    subject = uuid.uuid4()
    queue_message(kind="test-notice", recipient_id=uuid.uuid4(), subject_id=subject, at=AT)
    assert pump(at=AT) == 2
    states = dict(OutboxMessage.objects.filter(subject_id=subject).values_list("channel", "state"))
    assert states == {"email": S.SENT, "sms": S.FAILED}


@pytest.mark.django_db
def test_a_channel_that_refuses_is_not_asked_again(settings: Any) -> None:
    use(settings, Refusing)
    pk = queue()
    pump(at=AT)
    assert OutboxMessage.objects.get(pk=pk).state == S.FAILED


@pytest.mark.django_db
@pytest.mark.parametrize(("handed_over", "state"), [(True, S.SENT), (False, S.QUEUED)])
def test_after_a_crash_the_channel_is_asked_before_anything_is_sent_again(
    handed_over: bool, state: str, settings: Any
) -> None:
    pk = queue()
    (claimed,) = claim(at=AT)
    if handed_over:
        # The crash: the channel has it, the row never hears of it.
        FileChannel().send(Letterbox(claimed.pk, Address("email", "sam@example.org", "en-gb"), "A notice", "Once."))
    assert recover(at=AT) == 0
    assert recover(at=AT + LEASE) == 1
    assert OutboxMessage.objects.get(pk=pk).state == state
    pump(at=AT + LEASE)
    assert len(files(settings)) == 1


@pytest.mark.django_db
def test_a_hand_over_in_doubt_is_not_repeated_when_the_channel_cannot_say(settings: Any) -> None:
    use(settings, Silent)
    first, second = queue(), queue(due_at=AT + timedelta(seconds=1))
    with pytest.raises(Killed):
        pump(at=AT + timedelta(seconds=1))
    assert recover(at=AT + 2 * LEASE) == 2
    assert OutboxMessage.objects.get(pk=first).state == S.FAILED
    # The rest of the batch was claimed but never handed over: nothing is in doubt there.
    assert OutboxMessage.objects.get(pk=second).state == S.QUEUED


@pytest.mark.django_db
def test_the_database_refuses_a_repeat_and_a_sent_message_without_a_time() -> None:
    message = OutboxMessage.objects.get(pk=queue())
    copy = {f.attname: getattr(message, f.attname) for f in message._meta.fields if f.attname != "id"}
    with pytest.raises(IntegrityError, match="once_each"), transaction.atomic():
        OutboxMessage.objects.create(**copy)
    with pytest.raises(IntegrityError, match="sent_has_time"), transaction.atomic():
        OutboxMessage.objects.create(**{**copy, "state": S.SENT, "occurrence": "again"})


def test_eight_pumps_at_once_send_each_message_once(committed_db: None, settings: Any) -> None:
    for n in range(300):
        queue(occurrence=str(n))
    claimed: list[int] = []

    def run() -> None:
        while n := pump(at=AT, size=20):
            claimed.append(n)
        connection.close()

    pumps = [threading.Thread(target=run) for _ in range(8)]
    for thread in pumps:
        thread.start()
    for thread in pumps:
        thread.join()
    assert sum(claimed) == 300
    assert len(files(settings)) == 300
    assert OutboxMessage.objects.filter(state=S.SENT, tries=1).count() == 300

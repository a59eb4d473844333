"""Two at the counter press at once, on real connections."""

import threading
from typing import Any

from django.db import connection

from diversion.accounts.enums import Role
from diversion.core import clock
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Letter, PostBatch
from diversion.referrals.services.letters import NothingToPrint, make_batch
from tests.factories import make_offer, make_participant, make_referral, make_requirement, make_scheme, make_user


def test_two_who_press_at_once_make_no_letter_twice(committed_db: None) -> None:
    scheme = make_scheme()
    officer = make_user(Role.CASE_OFFICER, scheme.agency)
    for _ in range(20):
        person = make_participant(scheme.agency, address="1 High Street")
        referral = make_referral(ReferralState.OFFERED, scheme=scheme, officer=officer, participant=person)
        make_requirement(referral, "pending")
        make_offer(referral, letter_pin="123456")
    people = [make_user(Role.HUB, scheme.agency) for _ in range(4)]
    ready, answers = threading.Barrier(len(people)), []

    def press(user: Any) -> None:
        try:
            ready.wait()
            make_batch(user=user, by=user.as_actor(), at=clock.now())
            answers.append("made")
        except NothingToPrint:
            answers.append("told")
        except Exception as error:
            answers.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["made", "told", "told", "told"]
    assert (PostBatch.objects.count(), PostBatch.objects.get().letters.count()) == (1, 20)
    assert not Letter.objects.to_print().exists()

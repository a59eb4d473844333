"""Six-digit codes: what opens, and everything that does not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from diversion.accounts.services.codes import CodeIsOver, CodeIsWrong, TooManyCodes, check_code, issue_code

AT = datetime(2026, 11, 3, 10, tzinfo=UTC)
BROWSER = "browser-a"


class Subject:
    def __init__(self):
        self.id = uuid4()

    def issue(self, *, at=AT, session=BROWSER, purpose="sign-in"):
        return issue_code(purpose=purpose, subject_id=self.id, session_key=session, at=at)

    def check(self, code, *, at=AT, session=BROWSER, purpose="sign-in"):
        check_code(purpose=purpose, subject_id=self.id, session_key=session, code=code, at=at)


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


@pytest.fixture
def subject(db):
    return Subject()


def test_the_right_code_opens_once(subject):
    code = subject.issue()
    subject.check(f"{code[:3]} {code[3:]}")
    with pytest.raises(CodeIsOver):
        subject.check(code)


def test_five_wrong_tries_end_it(subject):
    code = subject.issue()
    for _ in range(5):
        with pytest.raises(CodeIsWrong):
            subject.check(wrong(code))
    with pytest.raises(CodeIsOver):
        subject.check(code)
    subject.check(subject.issue())  # the real person is not locked out


def test_the_fifth_try_may_be_right(subject):
    code = subject.issue()
    for _ in range(4):
        with pytest.raises(CodeIsWrong):
            subject.check(wrong(code))
    subject.check(code)


def test_it_lasts_ten_minutes(subject):
    code = subject.issue()
    with pytest.raises(CodeIsOver):
        subject.check(code, at=AT + timedelta(minutes=10))
    code = subject.issue()
    subject.check(code, at=AT + timedelta(minutes=10) - timedelta(seconds=1))


@pytest.mark.parametrize("other", [{"session": "browser-b"}, {"purpose": "confirm-contact"}])
def test_it_opens_nothing_elsewhere(subject, other):
    code = subject.issue()
    with pytest.raises(CodeIsOver):
        subject.check(code, **other)
    subject.check(code)


def test_a_code_is_one_subjects(subject):
    code = subject.issue()
    stranger = Subject()
    stranger.issue()
    with pytest.raises((CodeIsWrong, CodeIsOver)):
        stranger.check(code)


def test_a_new_code_ends_the_older(subject):
    old = subject.issue()
    new = subject.issue(at=AT + timedelta(minutes=1))
    if old != new:
        with pytest.raises(CodeIsWrong):
            subject.check(old, at=AT + timedelta(minutes=1))
    subject.check(new, at=AT + timedelta(minutes=1))


def test_ten_codes_an_hour(subject):
    for minute in range(10):
        subject.issue(at=AT + timedelta(minutes=minute), session=f"browser-{minute}")
    with pytest.raises(TooManyCodes):
        subject.issue(at=AT + timedelta(minutes=59))
    Subject().issue(at=AT)
    subject.issue(at=AT + timedelta(minutes=61))


def test_the_figures_and_the_session_are_not_stored(subject):
    code = subject.issue()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_onetimecode WHERE subject_id = %s", [subject.id])
        stored = [str(value) for value in cursor.fetchone()]
    assert code not in stored
    assert BROWSER not in stored


def test_a_hash_needs_the_key(subject, settings):
    code = subject.issue()
    settings.SECRET_KEY = "another"
    with pytest.raises((CodeIsWrong, CodeIsOver)):
        subject.check(code)


def test_a_guess_cannot_be_rolled_back(subject):
    subject.issue()
    with pytest.raises(RuntimeError), transaction.atomic():
        subject.check("000000")


def test_a_browser_without_a_session_gets_no_code(subject):
    with pytest.raises(ValueError, match="browser session"):
        subject.issue(session="")


def _in_threads(work, times):
    def run(_):
        try:
            work()
            return "opened"
        except (CodeIsWrong, CodeIsOver, TooManyCodes) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def test_parallel_guesses_all_count(committed_db):
    subject = Subject()
    code = subject.issue()
    answers = _in_threads(lambda: subject.check(wrong(code)), 20)
    assert answers.count("CodeIsWrong") == 5
    assert answers.count("CodeIsOver") == 15


def test_a_right_code_in_parallel_opens_once(committed_db):
    subject = Subject()
    code = subject.issue()
    assert _in_threads(lambda: subject.check(code), 5).count("opened") == 1


def test_parallel_requests_get_no_more_than_ten(committed_db):
    subject = Subject()
    assert _in_threads(subject.issue, 16).count("opened") == 10

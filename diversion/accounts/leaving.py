"""What must be settled before somebody's access ends. Apps further up add what they know of; accounts stand below them."""

from collections.abc import Callable

from diversion.accounts.models import Membership

Question = Callable[[Membership], None]
QUESTIONS: list[Question] = []


def before_leaving(question: Question) -> Question:
    """Have `question(membership)` asked before a membership ends; it raises the refusal that keeps it."""
    QUESTIONS.append(question)
    return question


def check_may_leave(membership: Membership) -> None:
    """Nothing that only this person answers for would be left behind.

    :raises Refusal: something would; the sentence says what to do first.
    """
    for question in QUESTIONS:
        question(membership)

"""The case page's blocks, as its components take them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.enums import WaitingState
from courses.models import WaitingEntry
from courses.presentation import wait_title
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.compliance.queries.caseload import OPEN, CaseRow
from diversion.compliance.rag import words
from diversion.core import clock
from diversion.core.moments import moment_words
from diversion.core.references import spoken
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Referral
from diversion.referrals.policies import can_withdraw

Block = list[dict[str, Any]]


def case_parts(case: CaseRow, user: User) -> dict[str, Any]:
    """Identity, clocks, course and the one obvious next action."""
    return {
        "identity": _identity(case),
        "clocks": _clocks(case),
        "course": _course(case),
        "contact": _contact(case),
        "next_action": _next_action(case, user),
        "tasks": case.tasks,
        "closed": _closed(case),
        "may_decide": user.may(Permission.DECIDE),
        **_ways(case.referral, user),
    }


def _ways(referral: Referral, user: User) -> dict[str, str]:
    """Where else this person may go from here; "" where they may not, or where there is nothing to do."""
    state, pid = referral.state, referral.public_id
    ways = {
        "close_url": ("case-close", user.may(Permission.WITHDRAW) and can_withdraw(state)),
        "officer_url": ("case-officer-change", user.may(Permission.HAND_OVER) and state in OPEN),
        "restriction_url": ("restriction-show", user.may(Permission.RESTRICT)),
        "file_url": ("referral-tasks", user.may(Permission.REFER)),
        "changes_url": ("change-list", state not in {ReferralState.DRAFT, ReferralState.VOID}),
        "letter_url": ("letter-show", state == ReferralState.OFFERED and user.may(Permission.REFER)),
    }
    return {name: reverse(route, args=[pid]) if open_to else "" for name, (route, open_to) in ways.items()}


def _closed(case: CaseRow) -> str:
    """Why and when the agency closed it; "" for any other case."""
    referral = case.referral
    if referral.state != ReferralState.WITHDRAWN or not referral.closed_at:
        return ""
    return _("Closed: %(reason)s, on %(day)s") % {
        "reason": referral.get_closure_reason_display(),
        "day": words(clock.day_of(referral.closed_at)),
    }


def _identity(case: CaseRow) -> dict[str, Any]:
    person = case.referral.participant
    return {
        "name": person.full_name if person else _("No name yet"),
        "reference": spoken(case.referral.reference),
        "restricted": case.referral.restricted,
        "facts": [
            {"key": _("Born"), "value": words(person.date_of_birth) if person and person.date_of_birth else ""},
            {"key": _("Officer in the case"), "value": str(case.referral.officer or "")},
            {"key": _("State"), "value": case.referral.get_state_display()},
        ],
    }


def _clocks(case: CaseRow) -> Block:
    required = case.requirement
    if required is None:
        return []
    return [
        {"key": _("Programme"), "value": required.programme.name},
        {"key": _("Book by"), "value": words(required.book_by)},
        {"key": _("Complete by"), "value": words(required.complete_by)},
        {"key": _("Last safe date"), "value": words(required.backstop) if required.backstop else _("None set by law")},
        {"key": _("Requirement"), "value": required.get_state_display()},
        {"key": _("Met on"), "value": words(required.met_on) if required.met_on else ""},
    ]


def _course(case: CaseRow) -> Block:
    if case.booking is None:
        return []
    following = case.next_session
    starts = clock.london_wall(following.starts_at) if following else None
    return [
        {"key": _("Place"), "value": case.booking.get_state_display()},
        {"key": _("Paid"), "value": _("Paid") if case.paid else _("Not paid yet")},
        {"key": _("Next session"), "value": date_format(starts, "l j F Y, H:i") if starts else _("None left")},
        {"key": _("Where"), "value": case.booking.course.venue.name if case.booking.course.venue else _("Online")},
    ]


def wait_rows(waits: Iterable[WaitingEntry], *, at: datetime) -> Block:
    """What the person waits for, since when, and until when an offer is kept for them. Nothing about anybody else in line."""
    return [{"key": wait_title(entry), "value": _wait_words(entry, at=at)} for entry in waits]


def _wait_words(entry: WaitingEntry, *, at: datetime) -> str:
    since = _("On the list since %(when)s.") % {"when": moment_words(entry.joined_at)}
    if entry.state != WaitingState.OFFERED or entry.booking is None:
        return since
    until = {"when": moment_words(entry.booking.held_until)}
    if entry.booking.held_until > at:
        return f"{since} {_('A place is kept for them until %(when)s.') % until}"
    return f"{since} {_('A place was kept for them until %(when)s. It goes to the next in line.') % until}"


def _contact(case: CaseRow) -> Block:
    person = case.referral.participant
    if person is None:
        return []
    sure, unsure = _("confirmed"), _("not confirmed")
    return [
        {
            "key": _("E-mail"),
            "value": f"{person.email} ({sure if person.email_confirmed_at else unsure})" if person.email else "",
        },
        {
            "key": _("Mobile"),
            "value": f"{person.mobile} ({sure if person.mobile_confirmed_at else unsure})" if person.mobile else "",
        },
        {"key": _("Address"), "value": ", ".join(filter(None, [person.address, person.postcode]))},
    ]


def _next_action(case: CaseRow, user: User) -> dict[str, str] | None:
    """What to do now: an open task first, then what the referral's state asks for. None when there is nothing to do."""
    pid = case.referral.public_id
    if case.tasks and user.may(Permission.DECIDE):
        task = case.tasks[0]
        return {
            "text": f"{task.get_kind_display()}: {_('look and record what you decide')}",
            "url": reverse("task-decide", args=[task.public_id]),
        }
    state = case.referral.state
    if state == ReferralState.DRAFT and user.may(Permission.REFER):
        return {"text": _("Continue the referral"), "url": reverse("referral-tasks", args=[pid])}
    if state == ReferralState.AWAITING_AUTHORISATION and user.may(Permission.AUTHORISE):
        return {"text": _("Authorise or refuse"), "url": reverse("authorisation-decide", args=[pid])}
    return None

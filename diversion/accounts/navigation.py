"""Where each role starts, and the menu it sees. A menu holds only what one's permissions open."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission as P


@dataclass(frozen=True)
class Entry:
    """A line of the menu: shown to whom the permission is granted, or, with none, to all staff."""

    permission: P | None
    text: str | Promise
    route: str


MENU = (
    Entry(P.OWN_CASE, _("Your course"), "my-home"),
    Entry(P.OWN_CASE, _("Get help"), "help-ask"),
    Entry(P.SEE_CASES, _("Cases"), "case-list"),
    Entry(P.REFER, _("New referral"), "referral-create"),
    Entry(P.POST_LETTERS, _("Letters"), "letter-list"),
    Entry(P.AUTHORISE, _("To authorise"), "authorisation-list"),
    Entry(P.MANAGE_SCHEMES, _("Schemes"), "scheme-list"),
    Entry(P.IMPORT, _("Upload referrals"), "import-create"),
    Entry(P.FUND, _("Funded places"), "funding-list"),
    Entry(P.SEE_COURSES, _("Overview"), "dashboard-show"),
    Entry(P.MARK_REGISTER, _("Today"), "session-list"),
    Entry(P.SEE_COURSES, _("Courses"), "course-list"),
    Entry(P.SEE_COURSES, _("Calendar"), "calendar-show"),
    Entry(P.SEE_COURSES, _("Licences"), "licence-list"),
    Entry(P.SEE_COURSES, _("Quality"), "quality-show"),
    Entry(P.SEE_VISITS, _("Visits"), "visit-list"),
    Entry(P.SEE_STATISTICS, _("Statistics"), "statistics-show"),
    Entry(P.SEE_CASES, _("Standing in"), "delegation-list"),
    Entry(P.ASSIST, _("Help somebody"), "assistance-begin"),
    Entry(P.SUPPORT, _("Service"), "support-show"),
    Entry(P.MANAGE_PROGRAMMES, _("Programmes"), "programme-list"),
    Entry(P.MANAGE_LICENCES, _("Licences"), "licence-find"),
    Entry(P.READ_CONCERNS, _("Concerns"), "concern-list"),
    Entry(P.INVITE, _("Colleagues"), "invitation-list"),
    Entry(None, _("Your account"), "mfa_index"),
)

HOMES = {
    Role.PARTICIPANT: "my-home",
    Role.TRAINER: "session-list",
    Role.PROVIDER_ADMINISTRATOR: "dashboard-show",
    Role.CASE_OFFICER: "case-list",
    Role.SUPERVISOR: "case-list",
    Role.HUB: "case-list",
    Role.ANALYST: "statistics-show",
    Role.SUPPORT: "support-show",
}


def home_url(user: User) -> str:
    """The first page of a person's role.

    :raises KeyError: they have no live role; the door lets nobody in without one.
    """
    return reverse(HOMES[Role(user.role)])


def menu(request: HttpRequest, user: User) -> list[dict[str, object]]:
    """The lines for `components/navigation.html`; the longest address that the page's own begins with is the active one.

    It depends on the address and the role alone, so that a page one may not see looks like one that does not exist.
    """
    lines = [(entry.text, reverse(entry.route)) for entry in MENU if _shown(entry, user)]
    here = max((url for _text, url in lines if request.path.startswith(url)), key=len, default="")
    return [{"text": text, "url": url, "active": url == here} for text, url in lines]


def _shown(entry: Entry, user: User) -> bool:
    return user.may(entry.permission) if entry.permission else user.role != Role.PARTICIPANT

"""Pages of agencies that list something, each with somebody who sees it and a way to add a row."""

from collections.abc import Callable
from typing import Any

from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.audit.trail import record_change
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.partners.models import ImportBatch, ImportRow
from diversion.referrals.enums import Access, ReferralState, TaskKind
from diversion.referrals.models import CaseAccess, Letter, NonAssociation, ReferralChange
from diversion.referrals.services.letters import make_batch
from diversion.referrals.services.tasks import raise_task
from payments.models import FundingRequest
from tests.factories import (
    make_booking,
    make_course,
    make_offer,
    make_participant,
    make_referral,
    make_requirement,
    make_scheme,
    make_user,
    make_volunteer,
    make_wait,
)
from tests.integration.partners.files import make_house

BY = Actor.system("tests")
MANY = 30
Page = tuple[User, str, Callable[[], Any]]


def case_list() -> Page:
    officer = make_user()
    scheme = make_scheme(officer.membership.organisation)

    def add() -> None:
        referral = make_referral(ReferralState.ACCEPTED, scheme=scheme, officer=officer)
        requirement = make_requirement(referral)
        make_offer(referral)
        make_booking(make_course(requirement.programme, sessions=2), requirement)
        raise_task(referral=referral, kind=TaskKind.NEEDS_DECISION, subject_id=referral.pk, by=BY, at=clock.now())

    return officer, "/agency/cases/", add


def case_show() -> Page:
    officer = make_user()
    referral = make_referral(ReferralState.ACCEPTED, scheme=make_scheme(officer.membership.organisation), officer=officer)
    requirement = make_requirement(referral)
    colleagues = [make_user(Role.CASE_OFFICER, officer.membership.organisation) for _ in range(MANY + 1)]

    def add() -> None:
        colleague = colleagues.pop()
        record_change(
            action="referral.seen", subject=referral, by=colleague.as_actor(), at=clock.now(), case_id=referral.pk
        )
        make_wait(make_course(requirement.programme), requirement)

    return officer, f"/agency/cases/{referral.public_id}/", add


def import_create() -> Page:
    hub = make_house()
    _batch, add = _upload(hub)
    return hub, "/agency/imports/", lambda: (_upload(hub), add())


def import_show() -> Page:
    hub = make_house()
    batch, add = _upload(hub)
    return hub, f"/agency/imports/{batch.public_id}/", add


def _upload(hub: User) -> tuple[ImportBatch, Callable[[], Any]]:
    scheme = make_scheme(hub.membership.organisation)
    batch = ImportBatch.objects.create(
        state="done", agency=scheme.agency, uploaded_by=hub, uploaded_at=clock.now(), dry_run=False, rows_total=MANY
    )

    def add() -> None:
        ImportRow.objects.create(
            batch=batch, number=batch.rows.count() + 2, status="created", referral=make_referral(scheme=scheme)
        )

    return batch, add


def funding_list() -> Page:
    supervisor = make_user(Role.SUPERVISOR)
    scheme = make_scheme(supervisor.membership.organisation)

    def add() -> None:
        requirement = make_requirement(make_referral(ReferralState.ACCEPTED, scheme=scheme))
        FundingRequest.objects.create(state="asked", requirement=requirement, words="No card.", asked_at=clock.now())

    return supervisor, "/funding/", add


def funding_list_of_volunteers() -> Page:
    support = make_user(Role.SUPPORT)

    def add() -> None:
        requirement = make_requirement(make_volunteer())
        FundingRequest.objects.create(state="asked", requirement=requirement, words="No card.", asked_at=clock.now())

    return support, "/funding/", add


def case_list_limited() -> Page:
    """A supervisor's list, half of it restricted cases of which they see the reference alone."""
    supervisor = make_user(Role.SUPERVISOR)
    scheme = make_scheme(supervisor.membership.organisation)
    add_restricted = iter([False, True] * MANY)

    def add() -> None:
        make_requirement(make_referral(ReferralState.ACCEPTED, scheme=scheme, restricted=next(add_restricted)))

    return supervisor, "/agency/cases/", add


def restriction_show() -> Page:
    officer = make_user()
    agency = officer.membership.organisation
    referral = make_referral(ReferralState.ACCEPTED, scheme=make_scheme(agency), officer=officer, restricted=True)
    colleagues = [make_user(Role.CASE_OFFICER, agency) for _ in range(MANY + 1)]

    def add() -> None:
        CaseAccess.objects.create(
            referral=referral, user=colleagues.pop(), access=Access.ALLOWED, reason="Said so.", made_at=clock.now(),
            made_by=officer,
        )  # fmt: skip

    return officer, f"/agency/cases/{referral.public_id}/restriction/", add


def authorisation_list() -> Page:
    supervisor = make_user(Role.SUPERVISOR)
    scheme = make_scheme(supervisor.membership.organisation)

    def add() -> None:
        make_requirement(make_referral(ReferralState.AWAITING_AUTHORISATION, scheme=scheme), "pending")

    return supervisor, "/agency/authorise/", add


def _letters(path: str, **person: Any) -> Page:
    officer = make_user()
    scheme = make_scheme(officer.membership.organisation)

    def add() -> None:
        who = make_participant(scheme.agency, **person)
        make_offer(
            make_referral(ReferralState.OFFERED, scheme=scheme, officer=officer, participant=who), letter_pin="123456"
        )

    return officer, path, add


def letter_list() -> Page:
    return _letters("/agency/letters/", address="1 High Street")


def letter_carry() -> Page:
    return _letters("/agency/letters/by-hand/")


def batch_list() -> Page:
    officer, path, add_letter = _letters("/agency/letters/batches/", address="1 High Street")

    def add() -> None:
        add_letter()
        make_batch(user=officer, by=BY, at=clock.now())

    return officer, path, add


def batch_show() -> Page:
    officer, _path, add_letter = _letters("", address="1 High Street")
    add_letter()
    batch = make_batch(user=officer, by=BY, at=clock.now())

    def add() -> None:
        add_letter()
        Letter.objects.update(batch=batch)

    return officer, f"/agency/letters/batches/{batch.public_id}/", add


def batch_download() -> Page:
    officer, path, add = batch_show()
    return officer, f"{path}letters.pdf", add


def _changes(user: User, officer: User, path: str) -> Page:
    referral = make_referral(
        ReferralState.AWAITING_AUTHORISATION, scheme=make_scheme(officer.membership.organisation), officer=officer
    )

    def add() -> None:
        ReferralChange.objects.create(
            referral=referral,
            item="risk.level",
            old="Low",
            new="High",
            reason="New information.",
            changed_at=clock.now(),
            changed_by=make_user(Role.CASE_OFFICER, officer.membership.organisation),
        )

    return user, path.format(referral.public_id), add


def change_list() -> Page:
    officer = make_user()
    return _changes(officer, officer, "/agency/referrals/{}/changes/")


def referral_tasks() -> Page:
    officer = make_user()
    return _changes(officer, officer, "/agency/referrals/{}/")


def authorisation_decide() -> Page:
    officer = make_user()
    return _changes(make_user(Role.SUPERVISOR, officer.membership.organisation), officer, "/agency/authorise/{}/")


def hand_over() -> Page:
    officer = make_user()
    scheme = make_scheme(officer.membership.organisation)
    return officer, "/agency/hand-over/", lambda: make_referral(ReferralState.ACCEPTED, scheme=scheme, officer=officer)


def case_officer_change() -> Page:
    officer = make_user()
    agency = officer.membership.organisation
    referral = make_referral(ReferralState.ACCEPTED, scheme=make_scheme(agency), officer=officer)
    path = f"/agency/referrals/{referral.public_id}/officer/"
    return officer, path, lambda: make_user(Role.CASE_OFFICER, agency)


def association_list() -> Page:
    officer = make_user()
    referral = make_referral(ReferralState.ACCEPTED, scheme=make_scheme(officer.membership.organisation), officer=officer)
    numbers = iter(range(100))

    def add() -> None:
        NonAssociation.objects.create(
            participant=referral.participant, incident=f"INC-{next(numbers)}", made_at=clock.now()
        )

    return officer, f"/agency/referrals/{referral.public_id}/apart/", add


AGENCY_PAGES = [
    case_list, case_list_limited, case_show, restriction_show, authorisation_list, authorisation_decide, referral_tasks,
    change_list, letter_list, letter_carry, batch_list, batch_show, batch_download, funding_list, funding_list_of_volunteers,
    import_create, import_show, hand_over, case_officer_change, association_list,
]  # fmt: skip

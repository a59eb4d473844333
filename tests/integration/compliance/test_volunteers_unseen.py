"""No agency sees who asked for help themselves: no list, no search, no page, no figure (R14)."""

import pytest
from django.test import Client

from diversion.accounts.enums import Role
from diversion.compliance.queries.figures import funnel
from diversion.core.references import spoken
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Participant, Referral
from payments.models import FundingRequest
from tests.factories import (
    make_agency,
    make_booking,
    make_course,
    make_participant,
    make_referral,
    make_requirement,
    make_scheme,
    make_user,
    make_volunteer,
)
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
NAME = "Quillfeather"
STAFF = [role for role in Role if role != Role.PARTICIPANT]


@pytest.fixture
def volunteer():
    """A volunteer with a place; and, as a control, a person of the agency with the same name."""
    case = make_volunteer(state=ReferralState.ACTIVE)
    case.participant.given_names = case.participant.family_name = NAME
    case.participant.save()
    requirement = make_requirement(case)
    make_booking(make_course(requirement.programme), requirement)
    return case


def searched(client, term):
    return client.post("/agency/cases/search/", {"term": term}, follow=True).content.decode()


@pytest.mark.parametrize("role", [Role.CASE_OFFICER, Role.SUPERVISOR, Role.HUB])
def test_no_agency_finds_a_volunteer_by_name_or_reference(volunteer, role):
    agency = make_agency()
    namesake = make_referral(
        ReferralState.ACCEPTED, scheme=make_scheme(agency), participant=make_participant(agency, family_name=NAME)
    )
    make_requirement(namesake)
    client = sign_in(Client(), make_user(role, agency))
    assert spoken(namesake.reference) in searched(client, NAME), "a control: the search finds who may be found"
    for term in (NAME, volunteer.reference, spoken(volunteer.reference)):
        page = searched(client, term)
        assert spoken(volunteer.reference) not in page
        assert volunteer.public_id not in page
    assert client.get(f"/agency/cases/{volunteer.public_id}/").status_code == 404


@pytest.mark.parametrize("role", STAFF)
def test_no_member_of_staff_anywhere_has_the_row(volunteer, role):
    user = make_user(role)
    assert not Referral.objects.visible_to(user).exists()
    assert not Participant.objects.visible_to(user).exists()
    assert not FundingRequest.objects.visible_to(user).exists()


@pytest.mark.parametrize("role", STAFF)
def test_no_page_of_the_menu_shows_a_volunteer(volunteer, role):
    client = sign_in(Client(), make_user(role))
    pages = {"/agency/cases/", "/agency/authorise/", "/agency/statistics/", "/funding/", "/support/", "/staff/invitations/"}
    for page in sorted(pages):
        shown = client.get(page).content.decode()
        assert NAME not in shown
        assert spoken(volunteer.reference) not in shown
        assert volunteer.scheme.name not in shown


def test_no_agencys_figures_count_a_volunteer(volunteer):
    agency = make_agency()
    scheme = make_scheme(agency)
    for _n in range(5):
        make_referral(ReferralState.ACTIVE, scheme=scheme)
    before = funnel(agency.pk)
    make_volunteer(state=ReferralState.ACTIVE)
    assert funnel(agency.pk) == before
    assert [row.accepted for row in before] == ["5"]

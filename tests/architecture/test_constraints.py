"""Every constraint is attacked: a copy of a valid row that breaks one rule alone is refused, by that rule, by name."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from diversion.referrals.models import PostBatch
from tests.architecture.product import is_history, own_models
from tests.architecture.specimens import LATER, NOW, copy, specimen
from tests.factories import make_booking, make_organisation, make_requirement, make_user, make_version, make_wait

pytestmark = pytest.mark.django_db
EARLIER = NOW - timedelta(days=1)
DAY = timedelta(days=1)


def _shouted(user):
    return {"email": user.email.upper()}


def _a_second_draft(row):
    make_version(row.scheme, state="drafted", number=2)
    return {"state": "drafted", "number": 3, "published_at": None, "published_by": None}


def _a_draft_with_bands_in_disorder(_row):
    return {"state": "drafted", "number": 3, "published_at": None, "published_by": None, "full_fee_hours": 7 * 24 + 1}


def _as_volunteer(row, **changes):
    """What would make the copy of an agency's case a volunteer's."""
    return {
        "agency": make_organisation("self"), "voluntary": True, "state": "accepted", "reference": "0" * 12,
        "officer": None, "offence_on": None, "offence_category": None, "disposal_on": None, "submitted_by": None,
        "submitted_at": None, "authorised_by": None, "authorised_at": None, "authorised_rank": None, "required_rank": None,
        "agency_reference": "",
    } | changes  # fmt: skip


def _asked_again(row):
    asked = {"state": "asked", "decided_at": None, "decided_by": None}
    copy(row, **asked)
    return asked


def _a_second_move(row):
    move = {"state": "held", "supersedes": row, "move_cause": "participant"}
    copy(row, **move)
    return move


def _superseded_again(row):
    move = {"supersedes": row, "move_cause": "participant"}
    copy(row, **move, requirement=make_requirement())
    return {**move, "requirement": make_requirement()}


def _carried_again(row):
    carried = {"carried_from": row, "carried_at": NOW}
    copy(row, **carried, booking=make_booking())
    return {**carried, "booking": make_booking()}


def _dropped_after_printing(_letter):
    return {"dropped_at": NOW, "batch": specimen(PostBatch), "subject_id": uuid.uuid4()}


def _waits_for_any(row):
    make_wait(None, row.requirement)
    return {"course": None, "online_ok": True}


# constraint → what differs in the copy: values, or a function of the valid row that answers them. {} copies it as it is.
ATTACKS = {
    "audit_seal_once": {},
    "accounts_organisation_kind_is_known": {"kind": "club", "code": "NEW"},
    "accounts_user_email_is_unique": _shouted,
    "accounts_membership_one_live_each": {},
    "accounts_membership_role_is_known": {"role": "king"},
    "accounts_membership_rank_is_known": {"rank": 9},
    "accounts_team_name_once": {"name": "NORTH"},
    "accounts_delegation_what_is_known": {"what": "tea"},
    "accounts_delegation_ends_after_it_starts": lambda row: {"ends_on": row.starts_on - DAY},
    "accounts_delegation_to_somebody_else": lambda row: {"to_user": row.of_user},
    "accounts_delegation_nobody_takes_a_rank": lambda row: {"what": "authorising", "made_by": row.to_user},
    "accounts_membership_ends_after_it_starts": lambda row: {"ended_at": row.started_at - DAY},
    "accounts_invitation_token_is_forgotten": lambda row: {"accepted_at": NOW, "accepted_by": make_user()},
    "accounts_invitation_accepted_by_somebody": {"accepted_at": NOW, "token_sealed": None},
    "accounts_onetimecode_five_tries": {"tries": 6},
    "notifications_outboxmessage_state_is_known": {"state": "lost"},
    "notifications_outboxmessage_once_each": {},
    "notifications_outboxmessage_sent_has_time": {"state": "sent"},
    "partners_importbatch_state_is_known": {"state": "lost"},
    "partners_importrow_number_once": {},
    "partners_importrow_status_is_known": {"number": 3, "status": "lost"},
    "referrals_contactclaim_ends_after_it_starts": lambda row: {"expires_at": row.created_at},
    "referrals_disposal_one_per_date": {},
    "referrals_disposal_ends_after_it_starts": lambda row: {"in_force_until": row.in_force_from},
    "referrals_scheme_code_per_agency": {},
    "referrals_schemeversion_number": lambda row: {"in_force_from": row.in_force_from + DAY},
    "referrals_schemeversion_one_per_day": {"number": 2},
    "referrals_schemeversion_within_cap": lambda row: {"complete_by_weeks": row.cap_weeks + 1},
    "referrals_schemeversion_state_is_known": {"state": "lost", "number": 2, "published_at": None, "published_by": None},
    "referrals_schemeversion_one_draft": _a_second_draft,
    "referrals_schemeversion_published_by_and_at": {"published_by": None},
    "referrals_schemeversion_published_has_time": {"published_by": None, "published_at": None},
    "referrals_schemeversion_publisher_is_not_drafter": lambda row: {"published_by": row.drafted_by},
    "referrals_schemeversion_retention_outlasts_bar": lambda row: {"repeat_bar_months": row.retention_completed_months},
    "referrals_crimeoutcome_one_per_date": {},
    "referrals_crimeoutcome_ends_after_it_starts": lambda row: {"in_force_until": row.in_force_from},
    "referrals_nonassociation_names_somebody": {"other_family_name": ""},
    "referrals_victimview_situation_is_known": {"situation": "perhaps"},
    "referrals_victimview_contacted_has_day": {"situation": "contacted"},
    "referrals_previoushistory_gravity_is_1_to_5": {"gravity_score": 6},
    "referrals_legalfact_kind_is_known": {"kind": "rumour"},
    "referrals_legalfact_once": {},
    "referrals_condition_verification_is_known": {"verified_by": "rumour"},
    "referrals_condition_position": {},
    "referrals_eligibilitycheck_stage_is_known": {"stage": "dream"},
    "referrals_eligibilitycheck_of_a_referral_or_refused": {"referral": None},
    "referrals_eligibilitycheck_says_why_not": {"unmet": ["age"]},
    "referrals_officerassignment_one_open": {},
    "referrals_officerassignment_ends_after_it_starts": lambda row: {"until_at": row.since_at - DAY},
    "referrals_assistance_means_is_known": {"means": "pigeon"},
    "referrals_assistance_ends_after_it_opens": lambda row: {"ends_at": row.opened_at},
    "referrals_caseaccess_is_known": {"access": "peek"},
    "referrals_caseaccess_one_each": {},
    "referrals_postbatch_posted_with_proof": {"proof": "A1"},
    "referrals_letter_kind_is_known": {"kind": "love"},
    "referrals_letter_once": {},
    "referrals_letter_left_in_a_batch_or_alone": {"posted_on": date(2026, 1, 1), "subject_id": uuid.uuid4()},
    "referrals_letter_dropped_was_not_printed": _dropped_after_printing,
    "referrals_bankholiday_once": {},
    "referrals_referral_state_is_known": {"state": "lost"},
    "referrals_referral_reference_is_unique": {},
    "referrals_referral_agency_reference_once": {"reference": "0" * 12},
    "referrals_referral_withdrawn_says_why": {"state": "withdrawn"},
    "referrals_referral_authoriser_is_not_proposer": lambda row: {"authorised_by": row.submitted_by},
    "referrals_referral_authorised_by_and_at": {"authorised_rank": None},
    "referrals_referral_submitted_by_and_at": {"submitted_at": None},
    "referrals_referral_rank_is_enough": lambda row: {"authorised_rank": row.required_rank - 1},
    "referrals_referral_offered_only_if_authorised": {
        "authorised_by": None,
        "authorised_at": None,
        "authorised_rank": None,
        "required_rank": None,
    },
    "referrals_referral_complete_when_submitted": {"participant": None},
    "referrals_referral_officer_unless_voluntary": {"officer": None},
    "referrals_referral_voluntary_has_no_offence": lambda row: _as_volunteer(row, offence_on=row.offence_on),
    "referrals_referral_voluntary_is_never_offered": lambda row: _as_volunteer(row, state="offered"),
    "referrals_referral_version_pinned_at_offer": {"scheme_version": None},
    "referrals_referral_disposal_after_offence": lambda row: {"disposal_on": row.offence_on - DAY},
    "referrals_riskdecision_level_known": {"level": "none"},
    "referrals_requirement_state_is_known": {"state": "lost"},
    "referrals_requirement_programme_once": {},
    "referrals_requirement_met_has_date": {"state": "met"},
    "referrals_requirement_book_before_complete": lambda row: {"book_by": row.complete_by + DAY},
    "referrals_requirement_complete_before_backstop": lambda row: {"backstop": row.complete_by - DAY},
    "referrals_offer_number": {"ended_at": NOW},
    "referrals_offer_one_live": {"number": 2},
    "referrals_offeranswer_known": {"answer": "perhaps"},
    "referrals_casetask_asked_once": {},
    "referrals_casetask_done_by_and_at": lambda row: {"done_by": make_user()},
    "courses_provider_descriptor_5_to_22": {"statement_descriptor": "*****"},
    "courses_surveyanswer_1_to_5": {"clear": 6},
    "courses_surveyanswer_month_not_day": {"month": date(2026, 11, 2)},
    "referrals_programme_mode_is_known": {"mode": "by post", "code": "NEW"},
    "referrals_programme_has_places": {"capacity": 0, "code": "NEW"},
    "courses_visit_reported_once": {},
    "courses_visit_1_to_5": {"clear": 6},
    "courses_visit_follow_up_has_day": {"follow_up_by": None},
    "courses_visit_not_before": lambda row: {"recorded_at": row.occurred_at - timedelta(seconds=1)},
    "courses_visit_by_somebody_else": lambda row: {"recorded_by": row.trainer},
    "courses_providerlicence_ends_after_start": lambda row: {"valid_until": row.valid_from - DAY},
    "courses_providerlicence_kind_is_known": lambda row: {
        "kind": "rumour",
        "valid_from": row.valid_until + DAY,
        "valid_until": row.valid_until + DAY,
    },
    "courses_providerlicence_never_twice": lambda row: {"valid_from": row.valid_until},
    "courses_trainerlicence_ends_after_start": lambda row: {"valid_until": row.valid_from - DAY},
    "courses_trainerlicence_kind_is_known": lambda row: {
        "kind": "rumour",
        "valid_from": row.valid_until + DAY,
        "valid_until": row.valid_until + DAY,
    },
    "courses_trainerlicence_never_twice": lambda row: {"valid_from": row.valid_until},
    "courses_sessiontemplate_position": {},
    "courses_sessiontemplate_has_length": {"minutes": 0},
    "courses_course_state_is_known": {"state": "lost"},
    "courses_course_never_oversold": lambda row: {"taken": row.capacity + 1},
    "courses_course_has_places": {"capacity": 0},
    "courses_course_ends_after_it_starts": lambda row: {"last_ends_at": row.first_starts_at},
    "courses_venue_nation_is_known": {"nation": "atlantis"},
    "courses_room_name_once": {},
    "courses_room_has_places": {"name": "Other", "capacity": 0},
    "courses_timeaway_ends_after_it_starts": lambda row: {"last_on": row.first_on - DAY},
    "courses_timeaway_one_per_start": {},
    "courses_session_position": {},
    "courses_session_ends_after_it_starts": lambda row: {"ends_at": row.starts_at},
    "courses_session_register_by_and_at": {"register_submitted_at": NOW},
    "courses_booking_state_is_known": {"state": "lost"},
    "courses_booking_one_live_per_requirement": {"state": "held"},
    "courses_booking_confirmed_has_time": {"confirmed_at": None},
    "courses_booking_seats_1_or_2": {"seats": 3},
    "courses_booking_hold_ends_after_start": lambda row: {"held_until": row.held_at},
    "courses_booking_positions_name_sessions": {"positions": [0, 1]},
    "referrals_schemeversion_notice_bands_in_order": _a_draft_with_bands_in_disorder,
    "courses_booking_one_move_at_a_time": _a_second_move,
    "courses_booking_superseded_once": _superseded_again,
    "courses_booking_move_has_cause": {"move_cause": "participant"},
    "courses_booking_flexible_within_price": lambda row: {"flexible_pence": row.price_pence + 1},
    "courses_replacement_state_is_known": lambda row: {"state": "lost", "ended_at": NOW},
    "courses_replacement_leaves_time": lambda row: {"choose_by": row.offered_at},
    "courses_replacement_ended_has_time": {"ended_at": None},
    "courses_coursecancellation_says_why": {"reason": ""},
    "courses_waitingentry_state_is_known": {"state": "lost"},
    "courses_waitingentry_one_per_course": {},
    "courses_waitingentry_one_for_any": _waits_for_any,
    "courses_waitingentry_a_course_or_a_place": {"course": None},
    "courses_waitingentry_offered_has_place": {"state": "taken"},
    "courses_attendance_outcome_known": {"outcome": "XXXX"},
    "courses_attendance_identity_known": {"identity_seen": "rumour"},
    "courses_attendance_first_mark_once": {},
    "courses_attendance_not_before": {"occurred_at": LATER},
    "courses_attendance_refusal_is_told_in_full": {"outcome": "REFL", "cut_off_rule": "Closed."},
    "courses_draftmark_one_for_a_person": {},
    "courses_draftmark_outcome_known": {"outcome": "XXXX"},
    "courses_draftmark_identity_known": {"identity_seen": "rumour"},
    "courses_certificate_one_stands": {"serial": "AAAABBBBCCCC"},
    "courses_certificate_revoked_after": lambda row: {"revoked_at": row.issued_at - DAY},
    "payments_charge_state_is_known": {"state": "lost"},
    "payments_charge_parts_fit": lambda row: {"cost_recovery_pence": row.amount_pence, "vat_pence": 1},
    "payments_charge_carries_no_more_than_it_costs": lambda row: {
        "carried_from": row,
        "carried_pence": row.amount_pence + 1,
    },
    "payments_charge_carries_from_somewhere": {"carried_pence": 1},
    "payments_charge_carried_once": _carried_again,
    "payments_charge_paid_has_time": {"state": "paid"},
    "payments_paymentattempt_state_is_known": {"state": "lost"},
    "payments_paymentattempt_number": {"state": "expired"},
    "payments_paymentattempt_one_open": {"number": 2},
    "payments_paymentattempt_paid_has_proof": {"state": "paid", "paid_at": NOW, "taken_pence": 8500},
    "payments_fundingrequest_state_is_known": {"state": "lost", "decided_at": None, "decided_by": None},
    "payments_fundingrequest_one_open": _asked_again,
    "payments_fundingrequest_decided_by_somebody": {"decided_by": None},
    "payments_refund_state_is_known": {"state": "lost"},
    "payments_refund_once_per_cause": {},
    "payments_refund_is_something": {"amount_pence": 0},
    "payments_refund_cause_known": {"cause": "kindness"},
}
TABLES = {constraint.name: model for model in own_models() for constraint in model._meta.constraints}


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_the_database_refuses(name):
    row, attack = specimen(TABLES[name]), ATTACKS[name]
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        copy(row, **(attack(row) if callable(attack) else attack))
    assert refusal.value.__cause__.diag.constraint_name == name


def test_every_constraint_is_attacked():
    assert set(ATTACKS) == set(TABLES)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_it_is_named_after_its_table(name):
    """`<app>_<model>_<rule in words>`; the trail's tables are called by their app alone."""
    model = TABLES[name]
    assert name.startswith(f"{model._meta.db_table}_") or (model._meta.app_label == "audit" and name.startswith("audit_"))


def test_every_unique_field_and_foreign_key_is_in_the_database(db):
    """What a model says that is no named constraint: a migration could still have lost it."""
    from django.db import connection

    missing = []
    with connection.cursor() as cursor:
        for model in own_models():
            found = connection.introspection.get_constraints(cursor, model._meta.db_table).values()
            unique = {tuple(each["columns"]) for each in found if each["unique"]}
            keys = {tuple(each["columns"]) for each in found if each["foreign_key"]}
            for field in model._meta.local_fields:
                if field.unique and (field.column,) not in unique:
                    missing.append(f"{model._meta.label}.{field.name}")
                wanted = field.remote_field and field.db_constraint and not is_history(model)
                if wanted and (field.column,) not in keys:
                    missing.append(f"{model._meta.label}.{field.name}")
    assert missing == []


def test_a_bank_holiday_of_another_nation_may_fall_on_the_same_day():
    """A control: the copies above are refused for the rule's sake, not because copying never works."""
    row = specimen(next(model for model in own_models() if model._meta.label == "referrals.BankHoliday"))
    assert copy(row, nation="scotland").day == date(2199, 1, 1)

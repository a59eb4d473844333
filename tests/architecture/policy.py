"""Who may open which page: one row for every route. The tests try every row as every persona; docs/permissions.md prints it.

A route that takes an object names it in `at`, by its key in the story (`tests/architecture/story.py`). Personas stand in a
relation to that object ("same agency", "another provider"), so a row says which relations open it.
"""

from dataclasses import dataclass, field

PERSONAS = {
    "anonymous": "nobody signed in",
    "deactivated": "a member of staff whose access has ended, with a session still in the browser",
    "no_second_factor": "a case officer of the same agency who has not set up a second factor",
    "participant": "the participant whose case it is",
    "participant_other": "another participant of the same agency",
    "participant_foreign": "a participant of another agency",
    "volunteer": "somebody who asked for help themselves",
    "trainer": "the trainer of the session",
    "trainer_other": "a trainer of the same provider, of another session",
    "trainer_foreign": "a trainer of another provider",
    "provider_admin": "an administrator of the provider",
    "provider_admin_foreign": "an administrator of another provider",
    "officer": "the officer in the case",
    "officer_colleague": "a case officer of the same agency",
    "officer_restricted": "a case officer of the same agency, for a restricted case",
    "officer_allowed": "a case officer of the same agency, for a restricted case whose list allows them",
    "officer_excluded": "a case officer of the same agency, for a case that is not restricted and whose list excludes them",
    "officer_foreign": "a case officer of another agency",
    "supervisor": "a supervisor of the agency",
    "supervisor_restricted": "a supervisor of the agency, for a restricted case",
    "supervisor_foreign": "a supervisor of another agency",
    "hub": "a member of the agency's hub",
    "hub_foreign": "a member of another agency's hub",
    "analyst": "an analyst of the agency",
    "support": "a member of the service team",
}

OUTSIDE = {"anonymous", "deactivated"}
REFERRED = {"participant", "participant_other", "participant_foreign"}
PARTICIPANTS = REFERRED | {"volunteer"}
TRAINERS = {"trainer", "trainer_other", "trainer_foreign"}
PROVIDER_ADMINS = {"provider_admin", "provider_admin_foreign"}
OFFICERS = {
    "officer", "officer_colleague", "officer_restricted", "officer_allowed", "officer_excluded", "officer_foreign"
}  # fmt: skip
SUPERVISORS = {"supervisor", "supervisor_restricted", "supervisor_foreign"}
HUBS = {"hub", "hub_foreign"}
STAFF = TRAINERS | PROVIDER_ADMINS | OFFICERS | SUPERVISORS | HUBS | {"analyst", "support"}
STAFF_WITHOUT_FACTOR = STAFF | {"no_second_factor"}
SIGNED_IN = STAFF_WITHOUT_FACTOR | PARTICIPANTS
EVERYBODY = SIGNED_IN | OUTSIDE
NO_PARTICIPANT = EVERYBODY - PARTICIPANTS

OWNER = {"participant"}
CASE_OFFICERS = {"officer", "officer_colleague", "officer_allowed"}
REFERRERS = CASE_OFFICERS | {"hub"}
CASE_STAFF = REFERRERS | {"supervisor"}
POLICY_MAKERS = {"hub", "supervisor", "supervisor_restricted"}
RESTRICTERS = CASE_OFFICERS | {"supervisor"}
KEPT_OUT = {"officer_restricted", "officer_excluded", "supervisor_restricted"}
"""The agency's own, each with a case that is kept from them: that they asked is noted on its trail."""
OF_A_CASE = {"draft", "awaiting", "offered", "active", "task", "batched", "asked"}


@dataclass(frozen=True)
class Row:
    """One route. `post` is what is sent, by name of a set of fields in the story; without it a form is sent empty.

    `leads_to_sign_in` says why an open page may still answer with the way in; `absent` why it may answer 404.
    """

    allowed: set[str]
    at: dict[str, str] = field(default_factory=dict)
    post: dict[str, str] = field(default_factory=dict)
    leads_to_sign_in: str = ""
    absent: str = ""


NO_LOGIN_BEGUN = "nobody has begun to sign in"

POLICY: dict[str, Row] = {
    # the way in, and what is public
    "home-show": Row(EVERYBODY),
    "contact-ask": Row(EVERYBODY),
    "contact-confirm": Row(EVERYBODY),
    "participant-sign-in": Row(EVERYBODY),
    "participant-sign-in-code": Row(EVERYBODY, leads_to_sign_in=NO_LOGIN_BEGUN),
    "self-show": Row(EVERYBODY),
    "self-choose": Row(EVERYBODY),
    "self-join": Row(EVERYBODY),
    "self-confirm": Row(EVERYBODY),
    "self-sign-in": Row(
        EVERYBODY, post={"reference": "ABCD-EFGH-JKMN"}, leads_to_sign_in="the code is typed in where all participants do"
    ),
    "leave-done": Row(EVERYBODY),
    "certificate-find": Row(EVERYBODY),
    "certificate-check": Row(EVERYBODY, {"serial": "certificate"}),
    "language-set": Row(EVERYBODY, post={"language": "cy"}),
    "health-show": Row(EVERYBODY),
    "stripe-webhook": Row(EVERYBODY),
    "demo-sign-in": Row(EVERYBODY, {"persona": "persona"}),
    # a participant's own
    "my-home": Row(PARTICIPANTS),
    "offer-show": Row(REFERRED),
    "offer-accept": Row(REFERRED),
    "offer-decline": Row(REFERRED),
    "course-find": Row(PARTICIPANTS),
    "course-check": Row(OWNER, {"public_id": "free_course"}),
    "booking-show": Row(OWNER, {"public_id": "booking"}),
    "booking-release": Row(OWNER, {"public_id": "held"}),
    "booking-move": Row(OWNER, {"public_id": "booking"}),
    "move-check": Row(OWNER, {"public_id": "booking", "course_id": "free_course"}),
    "booking-cancel": Row(OWNER, {"public_id": "booking"}),
    "money-return": Row(OWNER, {"public_id": "booking"}),
    "booking-calendar": Row(OWNER, {"public_id": "booking"}),
    "survey-answer": Row(OWNER, {"public_id": "finished"}, {"clear": "5", "fair": "5", "useful": "5"}),
    "waiting-join": Row(OWNER, {"public_id": "free_course"}),
    "waiting-any": Row(PARTICIPANTS, post={"place": "Leeds", "miles": "20"}),
    "waiting-leave": Row(OWNER, {"public_id": "wait"}),
    "help-ask": Row(PARTICIPANTS, post={"about": "asked-for-help"}),
    "help-asked": Row(PARTICIPANTS),
    "certificate-download": Row(OWNER, {"serial": "certificate"}),
    "checkout-start": Row(OWNER, {"public_id": "held"}),
    "checkout-return": Row(OWNER, {"public_id": "held"}),
    "receipt-show": Row(OWNER, {"public_id": "booking"}),
    "funding-show": Row(PARTICIPANTS, post={"words": "I have no card."}),
    "self-welcome": Row(PARTICIPANTS),
    "leave-ask": Row({"volunteer"}),
    # the agency
    "case-list": Row(OFFICERS | SUPERVISORS | HUBS),
    "case-search": Row(OFFICERS | SUPERVISORS | HUBS, post={"term": "Zzmarker"}),
    "case-show": Row(CASE_STAFF, {"public_id": "active"}),
    "case-close": Row(CASE_STAFF, {"public_id": "active"}, {"reason": "health", "note": "Too ill."}),
    "task-decide": Row(CASE_STAFF, {"public_id": "task"}, {"outcome": "Spoke to the person."}),
    "restriction-show": Row(RESTRICTERS, {"public_id": "active"}),
    "case-restrict": Row(RESTRICTERS, {"public_id": "active"}, {"reason": "A relative works here."}),
    "restriction-lift": Row(RESTRICTERS, {"public_id": "active"}, {"reason": "The relative has left."}),
    "restriction-add": Row(
        RESTRICTERS, {"public_id": "active"}, {"colleague": "unknown", "access": "excluded", "reason": "A relative."}
    ),
    "restriction-remove": Row(RESTRICTERS, {"public_id": "active", "member": "listed"}, {"reason": "Put on by mistake."}),
    "assistance-begin": Row(HUBS | {"support"}),
    "assistance-end": Row(HUBS | {"support"}),
    "officer-change": Row(OFFICERS | SUPERVISORS | HUBS),
    "case-officer-change": Row(CASE_STAFF, {"public_id": "active"}),
    "referral-create": Row(OFFICERS | HUBS),
    "referral-tasks": Row(REFERRERS, {"public_id": "draft"}),
    "referral-edit": Row(REFERRERS, {"public_id": "draft", "section": "section"}),
    "referral-check": Row(REFERRERS, {"public_id": "draft"}),
    "referral-submitted": Row(REFERRERS, {"public_id": "awaiting"}),
    "association-list": Row(REFERRERS, {"public_id": "draft"}, {"other_family_name": "Other"}),
    "association-end": Row(REFERRERS, {"public_id": "draft", "note": "note"}),
    "referral-discard": Row(REFERRERS, {"public_id": "draft"}),
    "referral-change": Row(REFERRERS, {"public_id": "offered", "item": "section"}),
    "change-list": Row(CASE_STAFF, {"public_id": "offered"}),
    "letter-show": Row(REFERRERS, {"public_id": "offered"}),
    "letter-download": Row(REFERRERS, {"public_id": "offered"}),
    "letter-posted": Row(REFERRERS, {"public_id": "offered"}),
    "letter-reissue": Row(REFERRERS, {"public_id": "offered"}, {"number": "1"}),
    "letter-list": Row(OFFICERS | HUBS),
    "letter-carry": Row(OFFICERS | HUBS),
    "batch-list": Row(OFFICERS | HUBS),
    "batch-create": Row(OFFICERS | HUBS),
    "batch-show": Row(REFERRERS, {"public_id": "batch"}),
    "batch-download": Row(REFERRERS, {"public_id": "batch"}),
    "posting-record": Row(REFERRERS, {"public_id": "batch"}, {"proof": "CP 1"}),
    "letter-take-out": Row(REFERRERS, {"public_id": "batched"}),
    "authorisation-list": Row(SUPERVISORS),
    "authorisation-decide-many": Row(SUPERVISORS),
    "authorisation-decide": Row({"supervisor"}, {"public_id": "awaiting"}, {"decision": "refuse", "reason": "Not this."}),
    "scheme-list": Row(SUPERVISORS | HUBS),
    "scheme-create": Row(SUPERVISORS | HUBS),
    "scheme-show": Row(POLICY_MAKERS, {"public_id": "scheme"}),
    "scheme-draft": Row(POLICY_MAKERS, {"public_id": "scheme"}),
    "version-show": Row(POLICY_MAKERS, {"public_id": "version"}),
    "version-edit": Row(POLICY_MAKERS, {"public_id": "version"}),
    "version-preview": Row(POLICY_MAKERS, {"public_id": "version"}),
    "version-publish": Row(POLICY_MAKERS, {"public_id": "version"}),
    "version-drop": Row(POLICY_MAKERS, {"public_id": "version"}),
    "delegation-list": Row(OFFICERS | SUPERVISORS | HUBS),
    "delegation-create": Row(OFFICERS | SUPERVISORS | HUBS),
    "delegation-end": Row(
        {"officer", "officer_colleague", "officer_restricted", "supervisor", "supervisor_restricted"},
        {"public_id": "delegation"},
    ),
    "statistics-show": Row(SUPERVISORS | HUBS | {"analyst"}),
    "funding-list": Row(SUPERVISORS | HUBS | {"support"}),
    "funding-decide": Row(
        {"supervisor", "hub", "support"}, {"public_id": "asked"}, {"decision": "grant", "reason": "No card."}
    ),
    "import-create": Row(HUBS),
    "import-template": Row(HUBS),
    "import-guide": Row(HUBS),
    "import-show": Row({"hub"}, {"public_id": "upload"}),
    "import-take-in": Row({"hub"}, {"public_id": "upload"}),
    # the provider
    "session-list": Row(TRAINERS | PROVIDER_ADMINS),
    "register-mark": Row({"trainer", "provider_admin"}, {"public_id": "session"}),
    "register-show": Row({"trainer", "provider_admin"}, {"public_id": "session"}),
    "concern-raise": Row({"trainer", "provider_admin"}, {"public_id": "session"}),
    "walk-in-record": Row({"trainer", "provider_admin"}, {"public_id": "session"}, {"first_name": "Ann"}),
    "register-keep": Row({"trainer", "provider_admin"}, {"public_id": "session"}),
    "register-amend": Row({"trainer", "provider_admin"}, {"public_id": "sent_session", "booking_id": "sent_booking"}),
    "course-list": Row(PROVIDER_ADMINS),
    "quality-show": Row(PROVIDER_ADMINS),
    "course-create": Row(PROVIDER_ADMINS),
    "licence-list": Row(PROVIDER_ADMINS),
    "endangered-list": Row(PROVIDER_ADMINS),
    "dashboard-show": Row(PROVIDER_ADMINS),
    "course-show": Row({"provider_admin"}, {"public_id": "course"}),
    "course-cancel": Row({"provider_admin"}, {"public_id": "draft_course"}, {"reason": "The trainer is ill"}),
    "course-publish": Row({"provider_admin"}, {"public_id": "draft_course"}),
    "course-close": Row({"provider_admin"}, {"public_id": "course"}),
    "course-reopen": Row({"provider_admin"}, {"public_id": "course"}),
    "venue-list": Row(PROVIDER_ADMINS),
    "venue-create": Row(PROVIDER_ADMINS),
    "venue-show": Row({"provider_admin"}, {"public_id": "venue"}),
    "venue-change": Row({"provider_admin"}, {"public_id": "venue"}),
    "room-create": Row({"provider_admin"}, {"public_id": "venue"}),
    "room-change": Row({"provider_admin"}, {"public_id": "room"}),
    "calendar-show": Row(PROVIDER_ADMINS),
    "day-show": Row(PROVIDER_ADMINS),
    "run-plan": Row(PROVIDER_ADMINS),
    "term-plan": Row(PROVIDER_ADMINS),
    "plan-check": Row(PROVIDER_ADMINS),
    "time-away-list": Row(PROVIDER_ADMINS),
    "time-away-remove": Row({"provider_admin"}, {"public_id": "away"}),
    "session-move": Row({"provider_admin"}, {"public_id": "session"}),
    "session-trainers": Row({"provider_admin"}, {"public_id": "session"}),
    "visit-list": Row(TRAINERS | PROVIDER_ADMINS | {"support"}),
    "visit-begin": Row(PROVIDER_ADMINS | {"support"}),
    "visit-report": Row({"provider_admin", "support"}, {"public_id": "session", "trainer": "trainer_membership"}),
    "visit-show": Row({"trainer", "provider_admin", "support"}, {"public_id": "visit"}),
    "visit-follow-up": Row({"provider_admin", "support"}, {"public_id": "visit"}),
    # the service team
    "support-show": Row({"support"}),
    "programme-list": Row({"support"}),
    "programme-create": Row({"support"}),
    "programme-show": Row({"support"}, {"public_id": "programme"}),
    "programme-edit": Row({"support"}, {"public_id": "programme"}),
    "programme-plan": Row({"support"}, {"public_id": "programme"}),
    "licence-find": Row({"support"}),
    "concern-list": Row({"support"}),
    "concern-follow-up": Row({"support"}, {"public_id": "concern"}),
    "licence-grant": Row({"support"}),
    "licence-show": Row({"support"}, {"public_id": "licence"}),
    "licence-renew": Row({"support"}, {"public_id": "licence"}),
    "licence-end": Row({"support"}, {"public_id": "licence"}),
    # colleagues
    "invitation-list": Row(PROVIDER_ADMINS | SUPERVISORS),
    "invitation-create": Row(PROVIDER_ADMINS | SUPERVISORS),
    "rank-change": Row({"supervisor", "supervisor_restricted"}, {"public_id": "membership"}, {"rank": "2"}),
    "membership-end": Row({"supervisor", "supervisor_restricted"}, {"public_id": "membership"}),
    "team-change": Row({"supervisor", "supervisor_restricted"}, {"public_id": "membership"}, {"name": "North"}),
    "invitation-accept": Row(NO_PARTICIPANT, {"token": "token"}),
    "invitation-accepted": Row(NO_PARTICIPANT),
    "home-go": Row(SIGNED_IN - {"no_second_factor"}),
    # staff accounts: the sign-in library's pages
    "account_login": Row(NO_PARTICIPANT),
    "account_logout": Row(EVERYBODY, leads_to_sign_in="who has left starts again"),
    "account_inactive": Row(NO_PARTICIPANT),
    "account_reauthenticate": Row(STAFF_WITHOUT_FACTOR),
    "account_change_password": Row(STAFF),
    "account_set_password": Row(STAFF),
    "account_reset_password": Row(NO_PARTICIPANT),
    "account_reset_password_done": Row(NO_PARTICIPANT),
    "account_reset_password_from_key": Row(NO_PARTICIPANT, {"uidb36": "uid", "key": "key"}),
    "account_reset_password_from_key_done": Row(NO_PARTICIPANT),
    "mfa_index": Row(STAFF_WITHOUT_FACTOR),
    "mfa_authenticate": Row(NO_PARTICIPANT, leads_to_sign_in=NO_LOGIN_BEGUN),
    "mfa_reauthenticate": Row(STAFF_WITHOUT_FACTOR),
    "mfa_activate_totp": Row(STAFF_WITHOUT_FACTOR),
    "mfa_deactivate_totp": Row(STAFF),
    "mfa_view_recovery_codes": Row(STAFF),
    "mfa_generate_recovery_codes": Row(STAFF),
    "mfa_download_recovery_codes": Row(STAFF),
    "mfa_list_webauthn": Row(STAFF_WITHOUT_FACTOR),
    "mfa_add_webauthn": Row(STAFF_WITHOUT_FACTOR),
    "mfa_reauthenticate_webauthn": Row(STAFF_WITHOUT_FACTOR, leads_to_sign_in="nothing was shown: back to the start"),
    "mfa_remove_webauthn": Row({"officer"}, {"pk": "passkey"}),
    "mfa_edit_webauthn": Row({"officer"}, {"pk": "passkey"}, {"name": "Work phone"}),
    "mfa_login_webauthn": Row(NO_PARTICIPANT, leads_to_sign_in="the page's script asks; without one it leads back"),
    "usersessions_list": Row(STAFF),
}

# The sign-in library's views: theirs to write, ours to guard (`accounts/sign_in_urls.py`).
THIRD_PARTY = {name for name in POLICY if name.startswith(("account_", "mfa_", "usersessions_"))}

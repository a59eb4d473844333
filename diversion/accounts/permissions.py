"""Every permission, once. Roles grant them in `roles.py`; guards ask for them by name."""

from enum import StrEnum


class Permission(StrEnum):
    # the participant's own
    OWN_CASE = "see and act on one's own offer and course"
    # agency
    SEE_CASES = "see the agency's cases"
    REFER = "make and change referrals"
    AUTHORISE = "authorise or refuse a referral"
    MANAGE_SCHEMES = "draft and publish the agency's schemes"
    HAND_OVER = "change the officer in a case"
    WITHDRAW = "withdraw or close a case"
    RESTRICT = "restrict a case and say who may see it"
    KNOW_OF_RESTRICTED = "know that a restricted case exists, by its reference alone"
    POST_LETTERS = "print the day's letters and record their posting"
    IMPORT = "upload referrals in bulk"
    ASSIST = "do a participant's steps for them, by phone, post or in person"
    FUND = "decide who gets a funded place"
    DECIDE = "decide what follows a miss"
    SEE_STATISTICS = "see figures that name nobody"
    # provider
    SEE_COURSES = "see the provider's courses"
    SCHEDULE = "schedule and publish courses"
    MARK_REGISTER = "mark the register"
    SEE_VISITS = "read the reports of visits to sessions"
    REPORT_VISITS = "visit sessions and report on them"
    # service team
    SUPPORT = "see the state of messages, payments and the service"
    VISIT_ANYWHERE = "visit sessions of every provider, and read all reports of visits"
    MANAGE_PROGRAMMES = "keep programmes and their sessions"
    MANAGE_LICENCES = "grant, renew and end licences"
    READ_CONCERNS = "read concerns about people who came by themselves"
    # organisation
    INVITE = "invite colleagues and end their access"

"""The lives of a referral and of a requirement (domain: five linked lifecycles, never one status)."""

from diversion.core.lifecycle import Lifecycle
from diversion.referrals.enums import ReferralState as R
from diversion.referrals.enums import RequirementState as Q
from diversion.referrals.enums import SchemeVersionState as S

_WITHDRAW = "the agency withdraws it, with a reason"
_VOID = "it should never have been made"

REFERRAL = Lifecycle(
    noun="referral",
    states=R,
    starts=frozenset({R.DRAFT, R.ACCEPTED}),  # accepted: somebody asked for it themselves
    moves={
        R.DRAFT: {
            R.AWAITING_AUTHORISATION: "the officer submits it, complete",
            R.VOID: "the draft is discarded, or nobody touched it for 90 days",
        },
        R.AWAITING_AUTHORISATION: {
            R.AUTHORISED: "someone else of sufficient rank authorises it",
            R.REFUSED: "the authoriser refuses it, with a reason",
            R.DRAFT: "the authoriser returns it for changes, with a reason",
            R.WITHDRAWN: _WITHDRAW,
        },
        R.AUTHORISED: {R.OFFERED: "the offer is issued and its scheme version pinned", R.WITHDRAWN: _WITHDRAW},
        R.REFUSED: {},
        R.OFFERED: {
            R.ACCEPTED: "the participant accepts the exact words shown",
            R.DECLINED: "the participant declines",
            R.EXPIRED: "nobody answered in time",
            R.WITHDRAWN: _WITHDRAW,
            R.VOID: _VOID,
        },
        R.ACCEPTED: {
            R.ACTIVE: "a place is confirmed",
            R.WITHDRAWN: _WITHDRAW,
            R.BREACHED: "two named people decide that it failed without reasonable excuse",
            R.DISCHARGED: "an officer ends it without fault",
            R.VOID: _VOID,
        },
        R.DECLINED: {},
        R.EXPIRED: {R.OFFERED: "the offer is issued again with a new PIN", R.WITHDRAWN: _WITHDRAW},
        R.ACTIVE: {
            R.COMPLIED: "every requirement is met",
            R.BREACHED: "two named people decide that it failed without reasonable excuse",
            R.DISCHARGED: "an officer ends it without fault",
            R.WITHDRAWN: _WITHDRAW,
            R.VOID: _VOID,
        },
        R.COMPLIED: {R.ACTIVE: "an amendment undoes the completion, with a reason"},
        R.BREACHED: {R.ACTIVE: "the decision is reversed, with a reason"},
        R.DISCHARGED: {},
        R.WITHDRAWN: {},
        R.VOID: {},
    },
)

REQUIREMENT = Lifecycle(
    noun="requirement",
    states=Q,
    starts=frozenset({Q.PENDING, Q.IN_PROGRESS}),
    moves={
        Q.PENDING: {Q.IN_PROGRESS: "the offer is accepted", Q.NOT_MET: "the referral ends before it begins"},
        Q.IN_PROGRESS: {
            Q.MET: "the completion policy is satisfied by the registers",
            Q.NOT_MET: "a named officer decides so, or the referral ends",
        },
        Q.MET: {Q.IN_PROGRESS: "an amendment undoes the completion, with a reason"},
        Q.NOT_MET: {Q.IN_PROGRESS: "the decision is reversed, with a reason"},
    },
)

MAY_BE_WITHDRAWN = frozenset(state for state, ways in REFERRAL.moves.items() if R.WITHDRAWN in ways)

SCHEME_VERSION = Lifecycle(
    noun="scheme version",
    states=S,
    starts=frozenset({S.DRAFTED}),
    moves={
        S.DRAFTED: {
            S.PUBLISHED: "a second person publishes it; from then on nobody edits it",
            S.DROPPED: "it is not wanted",
        },
        S.PUBLISHED: {},
        S.DROPPED: {},
    },
)

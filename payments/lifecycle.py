"""The lives of a charge, of an attempt at paying it, of a refund, and of a request for a funded place."""

from diversion.core.lifecycle import Lifecycle
from payments.enums import AttemptState as A
from payments.enums import ChargeState as C
from payments.enums import FundingState as F
from payments.enums import RefundState as R

CHARGE = Lifecycle(
    noun="charge",
    states=C,
    starts=frozenset({C.OWED}),
    moves={
        C.OWED: {
            C.PAID: "the card company says the money was taken",
            C.WAIVED: "the agency waives it",
            C.FUNDED: "somebody else pays for the place",
            C.CANCELLED: "the place is given up or lapses unpaid",
        },
        C.PAID: {
            C.REFUND_DUE: "money is owed back, for a cause",
            C.CARRIED: "the person moves: what was paid pays for the new place",
        },
        C.REFUND_DUE: {
            C.REFUNDED: "all of it went back",
            C.PART_REFUNDED: "a part went back",
            C.PAID: "the refund failed for good",
        },
        C.PART_REFUNDED: {C.REFUND_DUE: "more is owed back"},
        C.CARRIED: {},
        C.WAIVED: {},
        C.FUNDED: {},
        C.CANCELLED: {C.PAID: "the payment arrived late"},
        C.REFUNDED: {},
    },
)

ATTEMPT = Lifecycle(
    noun="payment attempt",
    states=A,
    starts=frozenset({A.RESERVED}),
    moves={
        A.RESERVED: {
            A.OPEN: "the card company made the page to pay on",
            A.EXPIRED: "it never answered and the time is over",
        },
        A.OPEN: {A.PAID: "the card company says it is paid", A.EXPIRED: "the card company says it ended unpaid"},
        A.PAID: {},
        A.EXPIRED: {A.PAID: "the news of payment came after the news of expiry"},
    },
)

REFUND = Lifecycle(
    noun="refund",
    states=R,
    starts=frozenset({R.REQUESTED}),
    moves={
        R.REQUESTED: {R.ATTEMPTING: "a worker claims it and commits before it calls out"},
        R.ATTEMPTING: {
            R.DONE: "the card company confirms it",
            R.REQUESTED: "no answer: looked up and tried again",
            R.FAILED: "the card company refuses it: a person must look",
        },
        R.DONE: {},
        R.FAILED: {R.REQUESTED: "finance tries again"},
    },
)

FUNDING = Lifecycle(
    noun="funding request",
    states=F,
    starts=frozenset({F.ASKED}),
    moves={
        F.ASKED: {
            F.GRANTED: "a named person decides that the place is paid for, with a reason",
            F.DECLINED: "a named person decides that it is not, with a reason",
            F.WITHDRAWN: "the person leaves before anybody has decided",
        },
        F.GRANTED: {},
        F.DECLINED: {},
        F.WITHDRAWN: {},
    },
)

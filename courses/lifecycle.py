"""The lives of a course, of a booking and of a wait for a place."""

from courses.enums import BookingState as B
from courses.enums import CourseState as C
from courses.enums import ReplacementState as R
from courses.enums import WaitingState as W
from diversion.core.lifecycle import Lifecycle

COURSE = Lifecycle(
    noun="course",
    states=C,
    starts=frozenset({C.DRAFT}),
    moves={
        C.DRAFT: {
            C.PUBLISHED: "the provider publishes it, licensed and with sessions",
            C.CANCELLED: "the draft is dropped",
        },
        C.PUBLISHED: {C.CLOSED: "its last session has ended", C.CANCELLED: "the provider cancels it"},
        C.CLOSED: {},
        C.CANCELLED: {},
    },
)

_BY_PARTICIPANT = "the participant gives the place up"
_BY_PROVIDER = "the provider cancels the course"
_BY_AGENCY = "the agency withdraws the referral"

BOOKING = Lifecycle(
    noun="booking",
    states=B,
    starts=frozenset({B.HELD}),
    moves={
        B.HELD: {
            B.CONFIRMED: "the money is there, or is waived or funded",
            B.LAPSED: "the hold ran out",
            B.CANCELLED_BY_PARTICIPANT: _BY_PARTICIPANT,
            B.CANCELLED_BY_PROVIDER: _BY_PROVIDER,
            B.CANCELLED_BY_AGENCY: _BY_AGENCY,
        },
        B.CONFIRMED: {
            B.COMPLETED: "the registers satisfy the completion policy",
            B.NOT_COMPLETED: "the registers show that it can no longer be completed on this course",
            B.SUPERSEDED: "a new booking takes its place",
            B.CANCELLED_BY_PARTICIPANT: _BY_PARTICIPANT,
            B.CANCELLED_BY_PROVIDER: _BY_PROVIDER,
            B.CANCELLED_BY_AGENCY: _BY_AGENCY,
        },
        B.COMPLETED: {B.NOT_COMPLETED: "an amended register undoes the completion, with a reason"},
        B.NOT_COMPLETED: {
            B.COMPLETED: "an amended register completes it, with a reason",
            B.CONFIRMED: "an amended register shows that it can still be completed on this course, with a reason",
        },
        B.LAPSED: {B.CONFIRMED: "the payment arrived late and a place was still free"},
        B.CANCELLED_BY_PARTICIPANT: {},
        B.CANCELLED_BY_PROVIDER: {},
        B.CANCELLED_BY_AGENCY: {},
        B.SUPERSEDED: {},
    },
)

REPLACEMENT = Lifecycle(
    noun="replacement",
    states=R,
    starts=frozenset({R.OFFERED}),
    moves={
        R.OFFERED: {
            R.CHOSEN: "the person takes a place on another course",
            R.FORGONE: "the person wants the money back, or has chosen nothing in time",
        },
        R.CHOSEN: {},
        R.FORGONE: {},
    },
)

LIVE = frozenset({B.HELD, B.CONFIRMED})

WAITING = Lifecycle(
    noun="waiting",
    states=W,
    starts=frozenset({W.JOINED}),
    moves={
        W.JOINED: {
            W.OFFERED: "a place is free and it is their turn: the place is held for them",
            W.LEFT: "the participant leaves the list",
            W.ENDED: "they have a place, need none any more, or the course or their date is over",
        },
        W.OFFERED: {
            W.TAKEN: "the offered place is confirmed",
            W.PASSED: "the time to answer ran out, and the place goes to the next",
            W.LEFT: "the participant gives the offered place up",
            W.ENDED: "the provider or the agency ended the offered place",
        },
        W.TAKEN: {},
        W.PASSED: {},
        W.LEFT: {},
        W.ENDED: {},
    },
)

STILL_WAITING = frozenset({W.JOINED, W.OFFERED})

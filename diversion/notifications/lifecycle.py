"""The life of one message to one person on one channel."""

from diversion.core.lifecycle import Lifecycle
from diversion.notifications.enums import MessageState as S

MESSAGE = Lifecycle(
    noun="message",
    states=S,
    starts=frozenset({S.QUEUED}),
    moves={
        S.QUEUED: {
            S.ATTEMPTING: "a worker claims it and commits before it calls out",
            S.DROPPED: "it is stale, or what it was about has ended",
        },
        S.ATTEMPTING: {
            S.SENT: "the channel took it, or says it had taken it before a crash",
            S.QUEUED: "the channel did not take it: tried again later",
            S.FAILED: "the channel refuses it for good, or too many tries",
            S.DROPPED: "the address is not confirmed or the person asked for silence",
        },
        S.SENT: {},
        S.FAILED: {},
        S.DROPPED: {},
    },
)

"""The life of an uploaded file: checked first if asked, then taken in, row by row."""

from diversion.core.lifecycle import Lifecycle
from diversion.partners.enums import ImportState as S

_NO_ACCESS = "whoever uploaded it may no longer do so"

IMPORT = Lifecycle(
    noun="import",
    states=S,
    starts=frozenset({S.WAITING}),
    moves={
        S.WAITING: {S.RUNNING: "a worker begins with its rows"},
        S.RUNNING: {
            S.CHECKED: "every row of a dry run has its result",
            S.DONE: "every row has its result",
            S.STOPPED: _NO_ACCESS,
        },
        S.CHECKED: {
            S.WAITING: "what was checked is to be taken in",
            S.STOPPED: "nobody took in what was checked, and its rows are erased",
        },
        S.DONE: {},
        S.STOPPED: {},
    },
)

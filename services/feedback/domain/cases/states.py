"""The states of a case, and the steps between them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """How far a case is."""

    RECEIVED = "received"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    IMPROVED = "improved"


#: One step forward at a time.
NEXT: Final[Mapping[State, State | None]] = {
    State.RECEIVED: State.ANSWERED,
    State.ANSWERED: State.RESOLVED,
    State.RESOLVED: State.IMPROVED,
    State.IMPROVED: None,
}
NAMES: Final[Mapping[State, Mapping[str, str]]] = {
    State.RECEIVED: {"en": "Received", "zh": "已受理"},
    State.ANSWERED: {"en": "Answered", "zh": "已答复"},
    State.RESOLVED: {"en": "Resolved", "zh": "已解决"},
    State.IMPROVED: {"en": "Improved", "zh": "已改进"},
}


def may_become(state: State, wanted: State) -> bool:
    """Tell whether a case may be set to a state: the next one, or the one it has."""
    return wanted in {state, NEXT[state]}


def may_reopen(state: State) -> bool:
    """Tell whether a case may be reopened: all but one that waits for its answer anyway."""
    return state is not State.RECEIVED


def allowed_from(state: State) -> str:
    """Say in a sentence where a case may go from here."""
    following = NEXT[state]
    ways = [] if following is None else [f"set to {following}"]
    ways += ["reopened"] if may_reopen(state) else []
    return f"A case that is {state} may be {' or '.join(ways)}."

"""Judge a disputed tier: whether a decision fits the ladder, and the pin that makes it true."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from services.feedback.domain.fault import DocumentFault

RAISE, KEEP, LOWER = "raise", "keep", "lower"
#: A raised customer may earn more, a lowered one less; whoever keeps their tier needs no pin.
PIN_MODES: Final[Mapping[str, Literal["floor", "ceiling"]]] = {RAISE: "floor", LOWER: "ceiling"}


def fault_of_decision(
    decision: str, tier: str, *, held: str | None, ladder: Sequence[str]
) -> DocumentFault | None:
    """Say what is wrong with a decision; `ladder` has the tiers of its programme, bottom up.

    A tier that is not known to be held, or no tier of the ladder any more, is compared with none.
    """
    if not ladder:
        return DocumentFault("/programme", "unknown_programme", "names no published programme")
    if tier not in ladder:
        return DocumentFault("/tier", "unknown_tier", f"must be one of: {', '.join(ladder)}")
    if held not in ladder:
        return None
    step = ladder.index(tier) - ladder.index(held)
    fits = {RAISE: step > 0, KEEP: step == 0, LOWER: step < 0}
    if fits[decision]:
        return None
    return DocumentFault(
        "/tier", "contradiction", f"does not {decision} the tier held, which is {held}"
    )

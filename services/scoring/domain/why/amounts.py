"""The smallest amount that reaches a higher tier, found by trying amounts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

_SCAN_POINTS: Final = 48
_REFINE_POINTS: Final = 16
#: The ranks reached by amounts in whole units of the currency, in their order.
RanksAfter = Callable[[Sequence[int]], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Reached:
    """An amount in whole units that reaches a rank; one unit less was tried and does not."""

    units: int
    rank: int


@dataclass(frozen=True, slots=True)
class _Bracket:
    """Amounts in whole units: `low` does not flip, `high` reaches `rank`; 0: none known yet."""

    low: int = 0
    high: int = 0
    rank: int = 0


def smallest_amount(ranks_after: RanksAfter, above: int, most: int) -> Reached | None:
    """Find what lifts somebody above a rank; None where nothing up to `most` was found to.

    Scan by growing steps, then close in until one unit less does not flip. Neither assumes that
    more spending always scores higher; only the scan's steps are coarse.
    """
    steps = range(_SCAN_POINTS)
    scan = sorted({round(most ** (step / (_SCAN_POINTS - 1))) for step in steps})
    found = _closer(ranks_after, above, _Bracket(), scan)
    if found.high == 0:
        return None
    while found.high - found.low > 1:
        found = _closer(ranks_after, above, found, _between(found.low, found.high))
    return Reached(found.high, found.rank)


def _closer(
    ranks_after: RanksAfter, above: int, bracket: _Bracket, units: Sequence[int]
) -> _Bracket:
    """Try amounts within a bracket."""
    low = bracket.low
    for amount, rank in zip(units, ranks_after(units), strict=True):
        if rank > above:
            return _Bracket(low, amount, rank)
        low = amount
    return replace(bracket, low=low)


def _between(low: int, high: int) -> list[int]:
    """List some whole numbers strictly between two."""
    step = (high - low) / (_REFINE_POINTS + 1)
    inner = {round(low + step * place) for place in range(1, _REFINE_POINTS + 1)}
    return sorted(inner - {low, high})

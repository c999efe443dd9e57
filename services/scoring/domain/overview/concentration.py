"""How unevenly value lies among customers: the curve, Gini, and what the top holds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

#: Shares of the base whose share of the value is told, in hundredths.
TOPS: Final = (1, 5, 20)
PARTS: Final = 100


@dataclass(frozen=True, slots=True)
class Held:
    """What a part of the base holds; `weighted`: each amount times its rank, the greatest first."""

    part: str
    customers: int
    amount: float
    weighted: float = 0.0


@dataclass(frozen=True, slots=True)
class Whole:
    """One measure of the base by hundredths, the best first, and by tier."""

    parts: Sequence[Held]
    tiers: Sequence[Held]


def concentration_of(whole: Whole) -> dict[str, Any]:
    """Tell a measure's curve, Gini and tops; shares are null where there is nothing to share."""
    total = sum(each.amount for each in whole.parts)
    customers = sum(each.customers for each in whole.parts)
    curve = _curve(whole.parts, total)
    return {
        "customers": customers,
        "gini": _gini(whole.parts, customers, total),
        "curve": curve,
        "top": [{"percent": top, "share": curve[top] if curve else None} for top in TOPS],
        "tiers": [
            {
                "tier": each.part,
                "customers": each.customers,
                "share": each.amount / total if total > 0 else None,
            }
            for each in whole.tiers
        ],
    }


def _curve(parts: Sequence[Held], total: float) -> list[float]:
    """Share of the value that the best 0, 1, ... 100 % of customers hold.

    Straight between what is known: of 20 customers the best 1 % hold a fifth of what the best does.
    """
    if total <= 0:
        return []
    customers, held = [0], [0.0]
    for each in sorted(parts, key=lambda each: int(each.part)):
        customers.append(customers[-1] + each.customers)
        held.append(held[-1] + each.amount)
    best = (customers[-1] * percent / PARTS for percent in range(PARTS + 1))
    return [round(min(1.0, _held_by(at, customers, held) / total), 6) for at in best]


def _held_by(best: float, customers: Sequence[int], held: Sequence[float]) -> float:
    """Read what the best so many customers hold between two known points."""
    after = bisect_left(customers, best)
    if customers[after] == best:
        return held[after]
    before = after - 1
    share = (best - customers[before]) / (customers[after] - customers[before])
    return held[before] + share * (held[after] - held[before])


def _gini(parts: Sequence[Held], customers: int, total: float) -> float | None:
    """0: all hold the same, towards 1: one holds all. By ranks from the greatest down.

    G = (n + 1 - 2 * sum(rank * amount) / sum(amount)) / n.
    """
    if total <= 0:
        return None
    weighted = sum(each.weighted for each in parts)
    return round((customers + 1 - 2 * weighted / total) / customers, 6)

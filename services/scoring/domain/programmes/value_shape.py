"""The shapes of a value programme's document: classes by shares of rank, or by conditions."""

from __future__ import annotations

from typing import Final

from services.scoring.domain.programmes.shapes import (
    Choice,
    ListOf,
    Members,
    Open,
    Shape,
    Share,
    Whole,
)
from services.scoring.domain.programmes.status_shape import CURRENCY, KEY, MAX_TIERS, NAME, OFFERS

_CONDITION: Final = Open("object", "a condition tree, as segments use it")
CLASS_TIER: Final = Members(
    {"key": KEY, "name": NAME},
    {"enter_share": Share(), "leave_share": Share(), "when": _CONDITION, "keep": _CONDITION},
)
_OPTIONAL: Final[dict[str, Shape]] = {
    "audience": Choice(("internal",)),
    "fall_after_days": Whole(1, 366),
    # of amounts in conditions
    "currency": CURRENCY,
}
VALUE: Final = Members(
    {"kind": Choice(("value",)), "name": NAME, "tiers": ListOf(CLASS_TIER, 2, MAX_TIERS)},
    _OPTIONAL | OFFERS,
)

"""What a draft holds and costs beside the version in force: benefits in a year, value by tier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.scoring.domain.programmes.currencies import CURRENCIES
from services.scoring.domain.programmes.ladder import rungs_of
from services.scoring.domain.programmes.metrics import scaled

Document = Mapping[str, Any]
#: How many hold one tier (None: none yet) and would hold another; or what is expected of them.
Moves = Mapping[tuple[str | None, str], int]
#: How often a benefit without a quota, or with one per period, is used in a year at most.
_TIMES: Final = {
    "month": 12,
    "quarter": 4,
    "year": 1,
    "anniversary": 1,
    "tier_period": 1,
    "ever": 1,
}
_ONCE: Final = {"count": 1, "per": "year"}


@dataclass(frozen=True, slots=True)
class Prospect:
    """A draft and the version in force (None: none), and who would move with what is expected."""

    document: Document
    former: Document | None
    currency: str | None
    moves: Moves
    expected: Moves


def prospects(asked: Prospect) -> dict[str, Any]:
    """Write benefits and value by tier as JSON: of the draft, and of the version in force."""
    after = _tallied(asked.moves, 1)
    return {
        "benefits": costs_of(asked.document, after, asked.currency),
        "value": _values(asked.document, _tallied(asked.expected, 1)),
        "before": None if asked.former is None else _before(asked, asked.former),
    }


def costs_of(
    document: Document, members: Mapping[str, int], currency: str | None
) -> dict[str, Any]:
    """Tell what benefits with a stated cost come to in a year, every quota used up."""
    decimals = CURRENCIES.get(currency or "", 2)
    listed, total = [], 0
    for benefit in document.get("benefits", ()):
        if "cost" not in benefit:
            continue
        entitled = sum(members.get(tier, 0) for tier in set(benefit["tiers"]))
        quota = benefit.get("quota", _ONCE)
        uses = entitled * quota["count"] * _TIMES[quota["per"]]
        cost = uses * (scaled(benefit["cost"]["amount"], decimals) or 0)
        total += cost
        listed.append(
            {
                "key": benefit["key"],
                "members": entitled,
                "uses_a_year": uses,
                "cost_a_year": written(cost, currency),
            }
        )
    return {"currency": currency, "cost_a_year": written(total, currency), "benefits": listed}


def written(minor: int, currency: str | None) -> str:
    """Write minor units as a decimal text of the currency."""
    decimals = CURRENCIES.get(currency or "", 2)
    whole, part = divmod(abs(minor), 10**decimals)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole}.{part:0{decimals}d}" if decimals else f"{sign}{whole}"


def _before(asked: Prospect, former: Document) -> dict[str, Any]:
    held = _tallied(asked.moves, 0)
    total = sum(held.values())
    return {
        "tiers": [
            {"tier": key, "customers": held[key], "share": _share(held[key], total)}
            for key in _keys(former)
        ],
        "benefits": costs_of(_priced(former, asked.document), held, asked.currency),
        "value": _values(former, _tallied(asked.expected, 0)),
    }


def _priced(former: Document, document: Document) -> Document:
    """Give the benefits in force the costs that the draft states.

    Else writing down what a benefit costs, or setting it right, would look like spending it.
    """
    stated = {each["key"]: each["cost"] for each in document.get("benefits", ()) if "cost" in each}
    benefits = [
        {**each, "cost": stated[each["key"]]} if each["key"] in stated else each
        for each in former.get("benefits", ())
    ]
    return {**former, "benefits": benefits}


def _tallied(moves: Moves, side: int) -> Counter[str]:
    found = Counter[str]()
    for move, amount in moves.items():
        tier = move[side]
        if tier is not None:
            found[tier] += amount
    return found


def _values(document: Document, expected: Mapping[str, int]) -> list[dict[str, Any]]:
    """Tell what share of all that is expected each tier's customers hold; null: nothing is."""
    total = sum(expected.values())
    return [{"tier": key, "share": _share(expected.get(key, 0), total)} for key in _keys(document)]


def _keys(document: Document) -> Sequence[str]:
    return [rung.key for rung in sorted(rungs_of(document), key=lambda rung: rung.rank)]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole > 0 else None

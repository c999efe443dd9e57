"""What a draft of a value programme would do today, as JSON: in the form of any simulation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.scoring.domain.programmes.ladder import rungs_of
from services.scoring.domain.programmes.prospects import Prospect, prospects, written
from services.scoring.domain.status.simulated import gain_at

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Move:
    """So many customers hold one tier (None: none yet) and would hold another, or the same.

    `expected`: what they are expected to spend, in millionths of a score.
    """

    tier_from: str | None
    tier_to: str
    customers: int
    expected: int = 0


@dataclass(frozen=True, slots=True)
class Mover:
    """A customer who would hold another tier, with the net spend of the last 365 days."""

    profile_id: UUID
    tier_from: str
    tier_to: str
    spend: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What a computed release says beside the one in force; `gains` as in a stored backtest."""

    moves: Sequence[Move]
    fallers: Sequence[Mover]
    sequence: int
    gains: Sequence[float] | None
    risers: Sequence[Mover] = ()


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was rehearsed: a document, beside the one in force, when and in which money."""

    programme: str
    version: int
    document: Document
    in_force: int | None
    former: Document | None
    seed: int
    as_of: datetime
    currency: str | None


def ranks_held(former: Document | None, document: Document) -> dict[str, int]:
    """Tell which new rank stands for each tier in force: that of its key, else the next below."""
    if former is None:
        return {}
    new = {rung.key: rung.rank for rung in rungs_of(document)}
    held, below = dict[str, int](), 0
    for rung in sorted(rungs_of(former), key=lambda rung: rung.rank):
        below = held[rung.key] = new.get(rung.key, below)
    return held


def rehearsed(asked: Rehearsal, seen: Seen) -> dict[str, Any]:
    """Write what a draft would do as JSON; a model of today does not replay past months."""
    keys = [rung.key for rung in sorted(rungs_of(asked.document), key=lambda rung: rung.rank)]
    counts = Counter[str]()
    for move in seen.moves:
        counts[move.tier_to] += move.customers
    total = counts.total()
    held, ranks = ranks_held(asked.former, asked.document), {key: n for n, key in enumerate(keys)}
    steps = [
        (ranks[move.tier_to] - held.get(move.tier_from, 0), move.customers)
        for move in seen.moves
        if move.tier_from is not None
    ]
    lost = sum(customers for step, customers in steps if step < 0)
    rose = sum(customers for step, customers in steps if step > 0)
    return {
        "programme": asked.programme,
        "version": asked.version,
        "in_force": asked.in_force,
        "sequence": seen.sequence,
        "seed": asked.seed,
        "as_of": asked.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "customers": total,
        "tiers": [
            {"tier": key, "customers": counts[key], "share": _share(counts[key], total)}
            for key in keys
        ],
        "months": [],
        "migration": [
            {"from": move.tier_from, "to": move.tier_to, "customers": move.customers}
            for move in seen.moves
        ],
        "losing": {
            "customers": lost,
            "share": _share(lost, total),
            "largest": [_mover(each, asked.currency) for each in seen.fallers],
        },
        "rising": {
            "customers": rose,
            "share": _share(rose, total),
            "largest": [_mover(each, asked.currency) for each in seen.risers],
        },
        "published": published_at_once(rose, lost, is_first=asked.former is None),
        **prospects(_prospect(asked, seen)),
        "top_tier": _top_tier(keys[-1], _share(counts[keys[-1]], total), seen.gains),
        "more_hurts": {"scanned": 0, "hurt": 0, "examples": []},
    }


def published_at_once(rose: int, lost: int, *, is_first: bool) -> dict[str, int] | None:
    """Write what publishing does where everybody is decided anew; null: a first one."""
    if is_first:
        return None
    return {"rising": rose, "falling": lost, "next_order": 0, "period_end": 0}


def _prospect(asked: Rehearsal, seen: Seen) -> Prospect:
    return Prospect(
        document=asked.document,
        former=asked.former,
        currency=asked.currency,
        moves={(move.tier_from, move.tier_to): move.customers for move in seen.moves},
        expected={(move.tier_from, move.tier_to): move.expected for move in seen.moves},
    )


def _mover(each: Mover, currency: str | None) -> dict[str, Any]:
    return {
        "profile_id": str(each.profile_id),
        "from": each.tier_from,
        "to": each.tier_to,
        "spend_12_months": written(each.spend, currency),
    }


def _top_tier(key: str, share: float | None, gains: Sequence[float] | None) -> dict[str, Any]:
    """Tell what share of later spend the model's best customers of that number held."""
    by_model = None if gains is None or share is None else gain_at(gains, share)
    return {"tier": key, "share_of_customers": share, "share_by_model": by_model}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole > 0 else None

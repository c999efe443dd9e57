"""What a simulation says, as figures: pure, from the result as scoring wrote it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Result = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many would move, what benefits would cost, what share of expected value is held.

    Shares are of all; a cost is None where no benefit states one, `before` figures are None where
    no version is in force, values are None where no model says what is expected.
    """

    customers: int
    lifted: int
    lifted_share: float
    dropped: int
    dropped_share: float
    cost: Decimal | None
    cost_before: Decimal | None
    currency: str | None
    #: of the customers in `held_from` and every tier above it
    value: float | None
    value_before: float | None
    held_from: str
    is_first: bool
    #: how many publishing moves at once, and how many then wait, by what for; None: not looked at
    starts: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """Who holds which tier (rows) and would hold which (columns), lowest tier first."""

    rows: Sequence[str | None]
    columns: Sequence[str]
    cells: Mapping[tuple[str | None, str], int]


def outcome_of(result: Result, focus: str | None = None) -> Outcome:
    """Read a result; `focus`: the tier from which on held value is told, else the highest."""
    before = result.get("before")
    keys = [tier["tier"] for tier in result["tiers"]]
    held_from: str = focus if focus is not None and focus in keys else keys[-1]
    rising = result.get("rising") or {"customers": 0, "share": 0}
    cost, cost_before = _cost(result), None if before is None else _cost(before)
    if cost is not None or cost_before is not None:  # what states no cost beside it comes to none
        cost = cost or Decimal(0)
        cost_before = None if before is None else cost_before or Decimal(0)
    return Outcome(
        customers=result["customers"],
        lifted=rising["customers"],
        lifted_share=rising["share"] or 0.0,
        dropped=result["losing"]["customers"],
        dropped_share=result["losing"]["share"] or 0.0,
        cost=cost,
        cost_before=cost_before,
        currency=(result.get("benefits") or {}).get("currency"),
        value=_held(result, held_from),
        value_before=None if before is None else _held(before, held_from),
        held_from=held_from,
        is_first=result.get("in_force") is None,
        starts=result.get("published"),
    )


def grid_of(result: Result) -> Grid:
    """Lay the migration out as a grid; a row of its own for who has no tier yet."""
    columns = [tier["tier"] for tier in result["tiers"]]
    cells = {(move["from"], move["to"]): move["customers"] for move in result["migration"]}
    olds = {old for old, _ in cells}
    before = result.get("before")
    known = [tier["tier"] for tier in before["tiers"]] if before else columns
    rows: list[str | None] = [key for key in known if before or key in olds]
    rows += sorted(key for key in olds if key is not None and key not in known)
    return Grid([*([None] if None in olds else []), *rows], columns, cells)


def _cost(part: Result) -> Decimal | None:
    benefits = part.get("benefits")
    if not benefits or not benefits["benefits"]:
        return None
    return Decimal(benefits["cost_a_year"])


def _held(part: Result, held_from: str) -> float | None:
    shares = part.get("value") or []
    keys = [tier["tier"] for tier in shares]
    if held_from not in keys:
        return None
    held = [tier["share"] for tier in shares[keys.index(held_from) :]]
    return None if None in held else float(sum(held))

"""When somebody comes less often than they used to, judged by their own rhythm.

Two signs. `silent`: scoring calls them at risk, quiet for more than 1.5 of their own median gaps.
`slower`: of their order days within 365 days fewer lie in the last 90 than chance would leave
there once in a hundred, had their pace not changed (binomial, lower tail).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import comb
from typing import Final

WINDOW_DAYS: Final = 90
YEAR_DAYS: Final = 365
#: Somebody whose pace never changed is called slower at most so often at a look.
CHANCE: Final = 0.01
#: Fewer order days make no rhythm of their own: three gaps.
FEWEST_ORDER_DAYS: Final = 4
#: Scoring's own words on lifecycle: at risk beyond 1.5 rhythms of silence, churned beyond 3.
AT_RISK_RHYTHMS: Final = 1.5
CHURNED_RHYTHMS: Final = 3.0


class Sign(StrEnum):
    """What shows that somebody comes less often."""

    SILENT = "silent"
    SLOWER = "slower"


@dataclass(frozen=True, slots=True)
class Pace:
    """What scoring's sheet holds of somebody's orders; days are distinct dates with an order.

    The stage of their life holds from `since` until `until`, if they order nothing more.
    """

    lifecycle: str
    since: date | None
    until: date | None
    last_order: date
    order_days: int
    order_days_365: int
    order_days_90: int


@dataclass(frozen=True, slots=True)
class Drop:
    """A drop of frequency with the figures that show it.

    `rhythm_days`: the gap scoring judges them by, None where their stage does not tell.
    `expected_90`: order days that their own year would have brought into the last 90 days.
    """

    signs: tuple[Sign, ...]
    quiet_days: int
    rhythm_days: float | None
    order_days_90: int
    expected_90: float


def rhythm_of(pace: Pace) -> float | None:
    """Give back the rhythm that scoring's dates were made of, to a day's part.

    A stage changes on last order + int(n x rhythm) + 1; new and reactivated end by the calendar.
    """
    match pace.lifecycle:
        case "active":
            edge, rhythms = pace.until, AT_RISK_RHYTHMS
        case "at_risk":
            edge, rhythms = pace.until, CHURNED_RHYTHMS
        case "churned":
            edge, rhythms = pace.since, CHURNED_RHYTHMS
        case _:
            return None
    return None if edge is None else max((edge - pace.last_order).days - 1, 1) / rhythms


def drop_of(pace: Pace, today: date, limits: tuple[int, ...]) -> Drop | None:
    """Judge somebody's pace; `limits` come from `slow_limits`. None where nothing dropped."""
    holds = {Sign.SILENT: is_silent(pace), Sign.SLOWER: is_slower(pace, limits)}
    signs = tuple(sign for sign, does in holds.items() if does)
    if not signs:
        return None
    return Drop(
        signs,
        (today - pace.last_order).days,
        rhythm_of(pace),
        pace.order_days_90,
        pace.order_days_365 * WINDOW_DAYS / YEAR_DAYS,
    )


def is_silent(pace: Pace) -> bool:
    """Tell whether somebody with a rhythm of their own is at risk in scoring's words."""
    return pace.lifecycle == "at_risk" and pace.order_days >= FEWEST_ORDER_DAYS


def is_slower(pace: Pace, limits: tuple[int, ...]) -> bool:
    """Tell whether the last 90 days hold fewer order days than chance explains.

    Who has churned is no longer slower: they are won back, not nudged.
    """
    if pace.lifecycle == "churned":
        return False
    return pace.order_days_90 <= limits[min(pace.order_days_365, YEAR_DAYS)]


def words_of(drop: Drop) -> dict[str, str]:
    """Say in both languages what shows the drop."""
    told: list[tuple[str, str]] = []
    if Sign.SILENT in drop.signs and drop.rhythm_days is not None:
        usual = round(drop.rhythm_days)
        en = f"No order for {drop.quiet_days} days; the usual gap is {usual} days."
        told.append((en, f"已有{drop.quiet_days}天未下单，平常间隔为{usual}天。"))
    if Sign.SLOWER in drop.signs or not told:
        made, expected = drop.order_days_90, round(drop.expected_90)
        en = f"Ordered on {made} of the last 90 days; by the pace of the whole year it would be"
        zh = f"最近90天内有{made}天下单，按全年节奏应为{expected}天。"
        told.append((f"{en} {expected}.", zh))
    return {"en": " ".join(en for en, _ in told), "zh": "".join(zh for _, zh in told)}


def slow_limits(share: float = WINDOW_DAYS / YEAR_DAYS) -> tuple[int, ...]:
    """Give for n = 0..365 order days of a year the most in the last 90 that still are a drop.

    -1 where no number of them would be: too few to tell. `share` is the part of a year's order
    days that the last 90 hold when nobody changes: the shop's own in a slow season.
    """
    return tuple(_limit(n, share) for n in range(YEAR_DAYS + 1))


def season_share(order_days_90: int, order_days_365: int) -> float:
    """Give the share that a slow season leaves to the last 90 days, at most the calendar's.

    Else a slow season would call everybody slower.
    """
    even = WINDOW_DAYS / YEAR_DAYS
    return min(even, order_days_90 / order_days_365) if order_days_365 else even


def _limit(n: int, share: float) -> int:
    below, limit = 0.0, -1
    for x in range(n + 1):
        below += comb(n, x) * share**x * (1 - share) ** (n - x)
        if below > CHANCE:
            break
        limit = x
    return limit

"""What one customer's goods and hours say of them: breadth, hours, weekdays, early buying."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from services.scoring.domain.features import Feature

EARLY_DAYS: Final = 28
#: First hour of each quarter of the day.
DAYPARTS: Final[Mapping[str, int]] = {"night": 0, "morning": 6, "afternoon": 12, "evening": 18}
_SATURDAY: Final = 5

_LINES: Final = ("order_lines.sku",)
_CATEGORIES: Final = ("order_lines.category", "order_lines.net")
_HOURS: Final = ("orders.effective_at",)

HABITS: Final[tuple[Feature, ...]] = (
    Feature("skus", "items", "breadth", 0, 0, "number of different articles", _LINES, "profile"),
    Feature(
        "categories", "items", "breadth", 0, 0,
        "number of different categories", ("order_lines.category",), "profile",
    ),
    Feature(
        "top_category_share", "share", "breadth", 0, 0,
        "sales in the largest category / sales in categories", _CATEGORIES, "profile",
    ),
    Feature(
        "category_concentration", "index", "breadth", 0, 0,
        "sum of (sales in a category / sales in categories)^2: 1 all in one", _CATEGORIES,
        "profile",
    ),
    *(
        Feature(
            f"{part}_share", "share", "habits", 0, 0,
            f"orders from {hour:02d}:00 to {hour + 5:02d}:59 in the store's zone / orders", _HOURS,
            "profile",
        )
        for part, hour in DAYPARTS.items()
    ),
    Feature(
        "weekend_share", "share", "habits", 0, 0,
        "orders on Saturday or Sunday in the store's zone / orders", _HOURS, "profile",
    ),
    Feature(
        "favourite_hour", "hour", "habits", 0, 0,
        "hour (0-23) with the most orders, the earliest of several", _HOURS, "profile",
    ),
    Feature(
        "early_share", "share", "habits", 0, 0,
        f"lines bought within {EARLY_DAYS} days of the article's first sale in the shop / lines of"
        " articles whose first sale is known",
        ("order_lines.sku", "sku_first_sales.first_sold"), "profile",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Goods:
    """One article in one category as a customer bought it; `net` in minor units.

    `dated_lines` are those of an article whose first sale in the shop is known, `early_lines`
    those bought within EARLY_DAYS of it.
    """

    sku: str
    category: str | None
    lines: int
    net: int
    dated_lines: int = 0
    early_lines: int = 0


@dataclass(frozen=True, slots=True)
class OrderTime:
    """The local hour (0-23) and weekday (Monday 0) of an order."""

    hour: int
    weekday: int

    @classmethod
    def at(cls, instant: datetime, zone: tzinfo) -> OrderTime:
        """Read an instant on the clock of a zone."""
        local = instant.astimezone(zone)
        return cls(local.hour, local.weekday())


def habits_of(goods: Sequence[Goods], times: Sequence[OrderTime]) -> dict[str, float]:
    """Compute HABITS by name; undefined is 0."""
    values = {**_breadth(goods), **_hours(times), "early_share": early_share(goods)}
    return {feature.name: values[feature.name] for feature in HABITS}


def _breadth(goods: Sequence[Goods]) -> dict[str, float]:
    sales: Counter[str] = Counter()
    for each in goods:
        if each.category is not None:
            sales[each.category] += max(each.net, 0)
    total = sum(sales.values())
    shares = [amount / total for amount in sales.values()] if total else []
    return {
        "skus": len({each.sku for each in goods}),
        "categories": len(sales),
        "top_category_share": max(shares, default=0.0),
        "category_concentration": sum(share * share for share in shares),
    }


def _hours(times: Sequence[OrderTime]) -> dict[str, float]:
    orders = len(times)
    by_hour = Counter(each.hour for each in times)
    weekend = sum(each.weekday >= _SATURDAY for each in times)
    quarters = {
        f"{part}_share": _share(sum(by_hour[hour] for hour in range(first, first + 6)), orders)
        for part, first in DAYPARTS.items()
    }
    favourite = min(by_hour, key=lambda hour: (-by_hour[hour], hour), default=0)
    return {**quarters, "weekend_share": _share(weekend, orders), "favourite_hour": favourite}


def early_share(goods: Sequence[Goods]) -> float:
    """Share the lines of articles of known first sale by whether they were bought early."""
    return _share(sum(each.early_lines for each in goods), sum(each.dated_lines for each in goods))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0

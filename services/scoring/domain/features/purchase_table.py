"""The features of purchases: what was bought when, for how much, and what came back."""

from __future__ import annotations

from typing import Final

from services.scoring.domain.features.feature import Feature, Group

WINDOWS: Final = (14, 28, 56, 91, 182, 364)
HALF_LIVES: Final = (14, 45, 120)
TREND_WINDOW: Final = 56

_ORDERS = ("orders",)
_NET = ("net_booked",)
_SALES = ("sales_net", "orders")


def _windowed(window: int) -> tuple[Feature, Feature]:
    group: tuple[Group, Group] = (
        ("trend", "trend") if window <= TREND_WINDOW else ("amount", "frequency")
    )
    when = f"over the {window} days before t"
    return (
        Feature(f"net_{window}d", "money", group[0], 1, window, f"sum of net {when}", _NET),
        Feature(f"orders_{window}d", "orders", group[1], 1, window, f"order days {when}", _ORDERS),
    )


def _decayed(half_life: int) -> tuple[Feature, Feature]:
    weight = f"2^(-age / {half_life}), age = t - day"
    return (
        Feature(
            f"net_decayed_{half_life}d", "money", "amount", 1, 0, f"sum of net x {weight}", _NET
        ),
        Feature(
            f"orders_decayed_{half_life}d",
            "orders",
            "frequency",
            1,
            0,
            f"sum over order days of {weight}",
            _ORDERS,
        ),
    )


BASICS: Final = (
    Feature(
        "recency", "days", "recency", -1, 0,
        "t - last order day; never bought: t - the shop's first day", _ORDERS,
    ),
    Feature(
        "tenure", "days", "rhythm", 0, 0,
        "t - first order day, at most t - the shop's first day", _ORDERS,
    ),
    Feature("order_days", "orders", "frequency", 1, 0, "number of order days", _ORDERS),
    Feature("net", "money", "amount", 1, 0, "sum of net, a return on its own day", _NET),
    Feature("mean_order_day", "money", "amount", 1, 0, "sum of sales / order_days", _SALES),
    Feature("max_order_day", "money", "amount", 1, 0, "largest sales of an order day", _SALES),
    Feature("span", "days", "rhythm", 0, 0, "last order day - first order day", _ORDERS),
    Feature("gap", "days", "rhythm", 0, 0, "span / (order_days - 1)", _ORDERS),
    Feature("recency_over_gap", "share", "rhythm", 0, 0, "recency / gap", _ORDERS),
    Feature("order_rate", "per_day", "frequency", 1, 0, "order_days / tenure", _ORDERS),
    Feature("net_rate", "money_per_day", "amount", 1, 0, "net / tenure", ("net_booked", "orders")),
    Feature(
        "spread_order_day", "money", "amount", 0, 0,
        "sqrt(mean of (sales of an order day - mean_order_day)^2)", _SALES,
    ),
    Feature("last_order_day", "money", "amount", 0, 0, "sales of the last order day", _SALES),
    Feature("last_gap", "days", "rhythm", 0, 0, "last order day - the one before", _ORDERS),
    Feature("returns", "returns", "returns", 0, 0, "number of returns", ("returns",)),
    Feature("returns_net", "money", "returns", 0, 0, "sum of refunds", ("returns_net",)),
    Feature(
        "returns_share", "share", "returns", 0, 0,
        "returns_net / sum of sales", ("returns_net", "sales_net", "orders"),
    ),
    Feature(
        "lines_per_order_day", "lines", "breadth", 0, 0,
        "receipt lines of order days / order_days", ("lines", "orders"),
    ),
)  # fmt: skip
WINDOWED: Final = tuple(feature for window in WINDOWS for feature in _windowed(window))
DECAYED: Final = tuple(feature for half_life in HALF_LIVES for feature in _decayed(half_life))

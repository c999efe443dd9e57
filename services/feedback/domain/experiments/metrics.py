"""What an experiment may change, in words and figures for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple


class Metric(StrEnum):
    """What is compared, each of a customer."""

    SPEND = "spend"
    ORDERS = "orders"
    RETENTION = "retention"
    SATISFACTION = "satisfaction"


class Words(NamedTuple):
    """A text in both languages."""

    en: str
    zh: str


NAMES: Final[Mapping[Metric, Words]] = {
    Metric.SPEND: Words("net spend per customer", "每位顾客的净消费"),
    Metric.ORDERS: Words("orders per customer", "每位顾客的订单数"),
    Metric.RETENTION: Words("the share who bought again", "再次购买的顾客比例"),
    Metric.SATISFACTION: Words(
        "the satisfaction of those who answered (1 to 5)", "作答顾客的满意度（1 至 5 分）"
    ),
}
#: Decimals of a figure; spend has those of the currency.
_DECIMALS: Final[Mapping[Metric, int]] = {
    Metric.ORDERS: 4,
    Metric.RETENTION: 4,
    Metric.SATISFACTION: 3,
}


def figure(metric: Metric, value: float, exponent: int) -> str:
    """Write a value as a decimal; spend comes in minor units, `exponent` decimals of it."""
    if metric is Metric.SPEND:
        return f"{value / 10**exponent:.{exponent}f}"
    return f"{value:.{_DECIMALS[metric]}f}"


def unit_of(metric: Metric, currency: str) -> str:
    """Name the unit of a metric's figures: the currency, orders, a share of 1, or points."""
    units = {Metric.SPEND: currency, Metric.ORDERS: "orders", Metric.RETENTION: "share"}
    return units.get(metric, "points")

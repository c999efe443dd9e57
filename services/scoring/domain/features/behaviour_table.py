"""The features of how somebody buys and what else they do: shown, offered to the model by role."""

from __future__ import annotations

from typing import Final

from services.scoring.domain.features.feature import Feature

RECENT_DAYS: Final = 28
DISCOUNT_DAYS: Final = 91
TREND_DAYS: Final = 91
CART_DAYS: Final = 7
BEHAVIOUR_HALF_LIFE: Final = 45
#: Counted acts, by the column of `customer_day` that counts them.
ACTS: Final = ("views", "carts", "searches", "checkouts", "social")
#: A day with one of these is a day of browsing.
BROWSING: Final = ("views", "carts", "searches", "checkouts")

_KNOWN_COST = ("net_booked", "cost")
_DISCOUNT = ("discount", "gross")
_CHANNEL = ("online_orders", "orders")
_BOUGHT_AFTER_BROWSING = (*BROWSING, "orders")


def _events(act: str) -> str:
    return "social engagements" if act == "social" else act


MONEY: Final = (
    Feature(
        "margin", "money", "amount", 1, 0,
        "sum of net - cost over days with a known cost", _KNOWN_COST, "profile",
    ),
    Feature(
        "margin_share", "share", "amount", 0, 0,
        "margin / sum of net over the same days", _KNOWN_COST, "profile",
    ),
    Feature(
        "discount_share", "share", "amount", 0, 0,
        "sum of discounts / sum of gross", _DISCOUNT, "profile",
    ),
    Feature(
        "discount_share_91d", "share", "amount", 0, DISCOUNT_DAYS,
        "sum of discounts / sum of gross over the 91 days before t", _DISCOUNT, "profile",
    ),
    Feature(
        "quantity_per_order_day", "items", "breadth", 0, 0,
        "sum of quantities / order_days", ("quantity_milli", "orders"), "profile",
    ),
)  # fmt: skip
CHANNEL: Final = (
    Feature(
        "online_share", "share", "breadth", 0, 0,
        "p = orders by web, app or social / orders", _CHANNEL, "profile",
    ),
    Feature(
        "channel_mix", "index", "breadth", 0, 0,
        "4 p (1 - p): 0 one channel only, 1 half and half", _CHANNEL, "profile",
    ),
)  # fmt: skip
RHYTHM: Final = (
    Feature(
        "trend_91d", "index", "trend", 1, 2 * TREND_DAYS,
        "(a - b) / (|a| + |b|): a = net_91d, b = net of the 91 days before", ("net_booked",),
        "profile",
    ),
    Feature(
        "gap_spread", "days", "rhythm", 0, 0,
        "sqrt(mean of (gap between order days - gap)^2), from three order days", ("orders",),
        "profile",
    ),
    Feature(
        "regularity", "index", "rhythm", 0, 0,
        "gap / (gap + gap_spread), from three order days: 1 like clockwork", ("orders",),
        "profile",
    ),
)  # fmt: skip
ENGAGEMENT: Final = (
    *(
        Feature(
            f"{act}_{RECENT_DAYS}d", "events", "engagement", 1, RECENT_DAYS,
            f"number of {_events(act)} over the {RECENT_DAYS} days before t", (act,), "profile",
        )
        for act in ACTS
    ),
    *(
        Feature(
            f"{act}_decayed_{BEHAVIOUR_HALF_LIFE}d", "events", "engagement", 1, 0,
            f"sum of {_events(act)} x 2^(-age / {BEHAVIOUR_HALF_LIFE}), age = t - day", (act,),
            "profile",
        )
        for act in ACTS
    ),
)  # fmt: skip
VISITS: Final = (
    Feature(
        "browsing_days_28d", "days", "engagement", 1, RECENT_DAYS,
        "days with a view, cart, search or checkout over the 28 days before t (a stand-in for"
        " sessions, which are not counted)", BROWSING, "profile",
    ),
    Feature(
        "days_since_browsing", "days", "engagement", 0, 0,
        "t - last day of browsing, at least 1; never browsed: 0", BROWSING, "profile",
    ),
    Feature(
        "cart_to_order", "share", "engagement", 0, 0,
        "days with a cart and an order day within 7 days, that day included / days with a cart",
        ("carts", "orders"), "profile",
    ),
    Feature(
        "browse_to_buy", "days", "engagement", 0, 0,
        "mean of order day - first day of browsing after the order day before; order days without"
        " browsing left out", _BOUGHT_AFTER_BROWSING, "profile",
    ),
    Feature(
        "unbrowsed_share", "share", "engagement", 0, 0,
        "order days without browsing after the order day before / order_days; never browsed: 0",
        _BOUGHT_AFTER_BROWSING, "profile",
    ),
)  # fmt: skip
FEEDBACK: Final = (
    Feature(
        "feedback", "events", "feedback", 0, 0,
        "number of pieces of feedback", ("feedback",), "profile",
    ),
    Feature(
        "complaints", "events", "feedback", 0, 0,
        "number of complaints", ("complaints",), "profile",
    ),
    Feature(
        "referrals", "events", "feedback", 1, 0,
        "number of referrals made", ("referrals",), "profile",
    ),
)  # fmt: skip

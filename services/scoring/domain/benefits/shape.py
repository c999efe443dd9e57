"""The shape of what a programme offers: benefits, points, and the guard against farming."""

from __future__ import annotations

from typing import Final

from services.scoring.domain.programmes.shapes import (
    Choice,
    ListOf,
    MapOf,
    Members,
    OneOf,
    Open,
    Shape,
    Text,
    Whole,
)

MAX_BENEFITS: Final = 100
MAX_COUNT: Final = 1_000_000
MAX_MONTHS: Final = 1200
KINDS: Final = ("price", "service_level", "gift", "shipping", "event", "partner", "channel")
PERIODS: Final = ("month", "quarter", "year", "anniversary", "tier_period", "ever")

_KEY: Final = Text(
    64,
    "[a-z0-9][a-z0-9_-]*",
    "Write a key of lower-case letters, digits, - and _, such as free_shipping.",
)
_NAME: Final = Members({"en": Text(200), "zh": Text(200)})
_AMOUNT: Final = Text(
    24, r"(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,4})?", 'Write an amount as a text, such as "12.00".'
)
_PERCENT: Final = Text(
    6,
    r"(?:[1-9][0-9]?(?:\.[0-9]{1,3})?|0\.[0-9]{0,2}[1-9]|100)",
    'Write a percentage above 0 and up to 100 as a text, such as "7.5".',
)
_FACTOR: Final = Text(
    6,
    r"(?:[1-9][0-9]?(?:\.[0-9]{1,3})?|0\.[0-9]{0,2}[1-9])",
    'Write a factor above 0 and below 100 as a text, such as "1.5".',
)
_DATE: Final = Text(
    10, "[0-9]{4}-[0-9]{2}-[0-9]{2}", "Write a date in the form YYYY-MM-DD, such as 2026-01-31."
)
_QUOTA: Final = Members({"count": Whole(1, MAX_COUNT), "per": Choice(PERIODS)})
_SERVICE_LEVEL: Final = Members(
    optional={"response_hours": Whole(1, 8760), "agent": Text(200), "hotline": Text(200)}, least=1
)
_EVERY: Final[dict[str, Shape]] = {
    "key": _KEY,
    "name": _NAME,
    "tiers": ListOf(_KEY, 1, 16),
}
_ANY: Final[dict[str, Shape]] = {
    "quota": _QUOTA,
    "cost": Members({"amount": _AMOUNT}),
    "details": Open("object", "whatever else the shop wants to say of it"),
}


def _kind(kind: str) -> Members:
    """Describe a benefit of one kind; a price and a service level say how much they are."""
    own: dict[str, Shape] = {"kind": Choice((kind,))}
    if kind == "price":
        own["price"] = Members({"percent": _PERCENT})
    if kind == "service_level":
        own["service_level"] = _SERVICE_LEVEL
    return Members({**_EVERY, **own}, _ANY)


BENEFITS: Final = ListOf(OneOf("kind", {kind: _kind(kind) for kind in KINDS}), 0, MAX_BENEFITS)
POINTS: Final = Members(
    {
        "earn": Members(
            {"per": _AMOUNT, "points": Whole(1, MAX_COUNT)}, {"tiers": MapOf(_KEY, _FACTOR, 16)}
        )
    },
    {
        "expiry": Members(
            {"months": Whole(1, MAX_MONTHS)}, {"round": Choice(("none", "year_end"))}
        ),
        "referral": Members(
            {"points": Whole(1, MAX_COUNT), "max_per_year": Whole(1, 10_000)},
            {"min_order": _AMOUNT},
        ),
        "min_order": _AMOUNT,
        "max_orders_per_day": Whole(1, 10_000),
        "starts_on": _DATE,
    },
)
VELOCITY: Final = Members({"orders_per_day": Whole(2, 10_000), "pin": Choice(("base_tier",))})
OFFERS: Final[dict[str, Shape]] = {"benefits": BENEFITS, "points": POINTS, "velocity": VELOCITY}

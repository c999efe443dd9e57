"""The shape of a status programme's document: published rules on qualifying metrics."""

from __future__ import annotations

from typing import Final

from services.scoring.domain.benefits.shape import OFFERS as OFFERED
from services.scoring.domain.programmes.metrics import METRICS
from services.scoring.domain.programmes.shapes import (
    Choice,
    Either,
    ListOf,
    MapOf,
    Members,
    OneOf,
    Shape,
    Text,
    Whole,
)

MAX_TIERS: Final = 16
MAX_METRICS: Final = 8
MAX_MONTHS: Final = 1200
MAX_DAYS: Final = 36_600
GRANT_KINDS: Final = ("paid", "invited", "imported")
PERIODS: Final = ("year", "half", "quarter", "month")

KEY: Final = Text(
    64,
    "[a-z0-9][a-z0-9_-]*",
    "Write a key of lower-case letters, digits, - and _, such as gold.",
)
METRIC_NAME: Final = Text(
    32, "[a-z][a-z0-9_]*", "Name a metric in lower-case letters, digits and _, such as stars."
)
NAME: Final = Members({"en": Text(200), "zh": Text(200)})
DECIMAL: Final = Text(
    24, r"(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,4})?", 'Write an amount as a text, such as "2000.00".'
)

CURRENCY: Final = Text(3, "[A-Z]{3}", "Write an ISO 4217 code, such as CNY.")

_THRESHOLDS: Final = MapOf(METRIC_NAME, Either(DECIMAL, Whole()), MAX_METRICS)
RULE: Final = Members(
    optional={"all": _THRESHOLDS, "any": _THRESHOLDS, "grant": Choice(GRANT_KINDS)}, least=1
)
TIER: Final = Members({"key": KEY, "name": NAME}, {"enter": RULE, "keep": RULE})

_MONTHS: Final = Whole(1, MAX_MONTHS)
WINDOW: Final = OneOf(
    "kind",
    {
        "rolling": Members(
            {"kind": Choice(("rolling",))},
            {"months": _MONTHS, "days": Whole(1, MAX_DAYS)},
            least=2,
        ),
        "calendar": Members(
            {"kind": Choice(("calendar",)), "unit": Choice(PERIODS)}, {"start_month": Whole(1, 12)}
        ),
        "anniversary": Members({"kind": Choice(("anniversary",))}),
        "lifetime": Members({"kind": Choice(("lifetime",))}),
    },
)
VALIDITY: Final = OneOf(
    "kind",
    {
        "months": Members(
            {"kind": Choice(("months",)), "months": _MONTHS}, {"round_up_to": Choice(PERIODS)}
        ),
        "periods": Members(
            {"kind": Choice(("periods",)), "after": Whole(0, 100)},
            {"plus_months": Whole(0, MAX_MONTHS)},
        ),
        "floating": Members({"kind": Choice(("floating",))}),
        "forever": Members({"kind": Choice(("forever",))}),
    },
)
DERIVED: Final = Members({"of": Choice(METRICS)}, {"per": DECIMAL, "name": NAME})
COUNTING: Final = Members(
    optional={"min_order": DECIMAL, "max_orders_per_day": Whole(1, 10_000)}, least=1
)
PRICE_OVERRIDE: Final = Members({"reason": Text(2000), "approved_by": Text(200)})
#: Members of both kinds of document.
OFFERS: Final[dict[str, Shape]] = {
    "description": Members({"en": Text(2000), "zh": Text(2000)}),
    "price_override": PRICE_OVERRIDE,
    **OFFERED,
}
POLICIES: Final[dict[str, Shape]] = {
    "qualification": Choice(("ledger", "track")),
    "refresh": Choice(("latest", "first")),
    "upgrade": Choice(("immediate", "period_end")),
    "downgrade": Choice(("one_step", "qualified", "base", "never")),
    "keep_window": Choice(("same", "since_grant")),
    "grace_days": Whole(0, 3660),
    "clawback": Choice(("immediate", "at_review")),
    "pending_days": Whole(0, 3660),
    "warn_days": Whole(0, 366),
}
STATUS: Final = Members(
    {
        "kind": Choice(("status",)),
        "audience": Choice(("internal", "customer_facing")),
        "name": NAME,
        "tiers": ListOf(TIER, 2, MAX_TIERS),
        "window": WINDOW,
        "validity": VALIDITY,
        "time_zone": Text(64, advice="Write an IANA time zone, such as Asia/Shanghai."),
        "currency": CURRENCY,
    },
    {**POLICIES, "metrics": MapOf(METRIC_NAME, DERIVED, MAX_METRICS), "counting": COUNTING}
    | OFFERS,
)

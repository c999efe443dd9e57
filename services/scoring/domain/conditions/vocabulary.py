"""The words a condition may use: an allow-list, for nothing a user writes becomes SQL."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from services.scoring.domain.days import BEHAVIOUR_COLUMNS

MOST_DEEP: Final = 16
MOST_NODES: Final = 500
MOST_LISTED: Final = 1000
MOST_BYTES: Final = 200
MOST_PATH: Final = 4
#: JSON readers, floats and bigints all keep integers up to here exactly.
LARGEST: Final = 2**53 - 1
MOST_DAYS: Final = 36_600
#: Buckets are parts of 10,000: percentages with two decimals.
BUCKETS: Final = 10_000


class Unit(StrEnum):
    """What a metric's number is written in."""

    MONEY = "money"
    THOUSANDTHS = "thousandths"
    COUNT = "count"


#: Metric -> the column of `customer_day` it sums (None: no plain sum) and its unit. Margin is net
#: minus cost; days are dates with an order; categories are distinct ones among what was bought.
METRICS: Final[dict[str, tuple[str | None, Unit]]] = {
    "spend": ("net_booked", Unit.MONEY),
    "margin": (None, Unit.MONEY),
    "orders": ("orders", Unit.COUNT),
    "quantity": ("quantity_milli", Unit.THOUSANDTHS),
    "days": (None, Unit.COUNT),
    "returns": ("returns", Unit.COUNT),
    "views": ("views", Unit.COUNT),
    "carts": ("carts", Unit.COUNT),
    "searches": ("searches", Unit.COUNT),
    "checkouts": ("checkouts", Unit.COUNT),
    "social": ("social", Unit.COUNT),
    "referrals": ("referrals", Unit.COUNT),
    "feedback": ("feedback", Unit.COUNT),
    "complaints": ("complaints", Unit.COUNT),
    "categories": (None, Unit.COUNT),
}
#: Windows for which sums are kept for everybody: quick to ask, and what a rank may be over.
SUMMED_DAYS: Final = (7, 30, 60, 90, 180, 365)
#: What somebody does besides buying: blank for who withdrew their consent to personalisation.
BEHAVIOUR_METRICS: Final = frozenset(METRICS) & frozenset(BEHAVIOUR_COLUMNS)

ORDER: Final = "order_completed"
#: Events that are counted by day already: a count of them is a metric.
COUNTED_EVENTS: Final[dict[str, str]] = {
    ORDER: "orders",
    "order_refunded": "returns",
    "searched": "searches",
    "cart_added": "carts",
    "checkout_started": "checkouts",
    "social_engaged": "social",
    "referral_made": "referrals",
    "feedback_given": "feedback",
}
#: Events that are looked up in the log, by their kind.
LOGGED_EVENTS: Final = frozenset(
    (
        "product_viewed", "product_list_viewed", "page_viewed", "cart_removed", "cart_viewed",
        "checkout_step_viewed", "checkout_step_completed", "payment_info_entered",
        "coupon_entered", "coupon_applied", "coupon_denied", "coupon_removed", "product_clicked",
        "promotion_viewed", "promotion_clicked", "wishlist_added", "wishlist_removed",
        "membership_paid", "membership_ended", "survey_answered",
    )
)  # fmt: skip
EVENTS: Final = frozenset(COUNTED_EVENTS) | LOGGED_EVENTS
#: A membership is a contract, not behaviour that consent to personalisation is asked for.
UNMASKED_EVENTS: Final = frozenset({"membership_paid", "membership_ended"})
PLACES: Final = ("channel", "store", "category", "sku")
PURPOSES: Final = ("service", "personalisation", "marketing")
STAGES: Final = ("prospect", "new", "active", "at_risk", "churned", "reactivated")

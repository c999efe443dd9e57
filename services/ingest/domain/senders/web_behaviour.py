"""What web senders call things, in our words, and what a page may tell by itself."""

from collections.abc import Mapping
from typing import Final

#: E-commerce events by their name in lower case: the current names, then those of old callers.
NAMED: Final[Mapping[str, str]] = {
    "products searched": "searched",
    "product list viewed": "product_list_viewed",
    "product list filtered": "product_list_viewed",
    "product clicked": "product_clicked",
    "product viewed": "product_viewed",
    "product added": "cart_added",
    "product removed": "cart_removed",
    "cart viewed": "cart_viewed",
    "checkout started": "checkout_started",
    "checkout step viewed": "checkout_step_viewed",
    "checkout step completed": "checkout_step_completed",
    "payment info entered": "payment_info_entered",
    "order completed": "order_completed",
    "order updated": "order_updated",
    "order refunded": "order_refunded",
    "order cancelled": "order_cancelled",
    "promotion viewed": "promotion_viewed",
    "promotion clicked": "promotion_clicked",
    "coupon entered": "coupon_entered",
    "coupon applied": "coupon_applied",
    "coupon denied": "coupon_denied",
    "coupon removed": "coupon_removed",
    "product added to wishlist": "wishlist_added",
    "product removed from wishlist": "wishlist_removed",
    "wishlist product added to cart": "cart_added",
    "product shared": "social_engaged",
    "cart shared": "social_engaged",
    "product reviewed": "feedback_given",
    "viewed product category": "product_list_viewed",
    "viewed product": "product_viewed",
    "added product": "cart_added",
    "removed product": "cart_removed",
    "completed order": "order_completed",
    "order canceled": "order_cancelled",
}
ORDERS: Final = frozenset({"order_completed", "order_updated", "order_refunded", "order_cancelled"})
#: A message with a name we do not know: kept as it is, without effect.
RAW: Final = "track"
#: What a publishable key may post: it can be read in a page's source by everybody.
BROWSING: Final = frozenset(
    {
        RAW,
        "page_viewed",
        "searched",
        "product_list_viewed",
        "product_clicked",
        "product_viewed",
        "cart_added",
        "cart_removed",
        "cart_viewed",
        "checkout_started",
        "checkout_step_viewed",
        "checkout_step_completed",
        "payment_info_entered",
        "promotion_viewed",
        "promotion_clicked",
        "coupon_entered",
        "coupon_applied",
        "coupon_denied",
        "coupon_removed",
        "wishlist_added",
        "wishlist_removed",
        "social_engaged",
    }
)
#: What a page knows a visitor by; who the visitor is, only a server may say.
VISITOR_KINDS: Final = frozenset({"anonymous_id", "device_id"})


def type_of_event(name: str) -> str:
    """Return our type for the name of a tracked event; RAW for a name that is not in the table."""
    return NAMED.get(name.strip().lower(), RAW)

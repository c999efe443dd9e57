"""Pushes of commerce platforms to arrivals, by way of the events they tell."""

from collections.abc import Mapping
from typing import Any

from services.ingest.domain.arrival import Arrival, ItemRefused
from services.ingest.domain.senders import shopify, square
from services.ingest.domain.senders.webhook_reading import NotForUs, PushSettings
from services.ingest.usecases.read_events import read_event
from services.ingest.usecases.read_items import Reading
from shared.money import exponent_of, is_currency


def read_shopify(index: int, item: object, reading: Reading) -> Arrival:
    """Read one of Shopify's pushes; raises ItemRefused."""
    return read_event(index, event_in(item), reading)


def read_square(index: int, item: object, reading: Reading) -> Arrival:
    """Read one of Square's pushes; raises ItemRefused."""
    return read_event(index, event_in(item), reading)


def event_in(push: object) -> dict[str, Any]:
    """Return the event that a push tells; raises ItemRefused."""
    try:
        return _told_by(push)
    except NotForUs:
        raise ItemRefused("nothing_to_count", "this push says nothing that counts") from None


def is_for_us(push: object) -> bool:
    """Tell whether a push says anything that counts, readable or not."""
    try:
        _told_by(push)
    except NotForUs:
        return False
    except ItemRefused:
        return True
    return True


def currency_in(push: object) -> str | None:
    """Return the currency that a push names, if it can be read."""
    try:
        currency = _told_by(push)["properties"].get("currency")
    except (ItemRefused, NotForUs):
        return None
    return currency if isinstance(currency, str) and is_currency(currency) else None


def _told_by(push: object) -> dict[str, Any]:
    if not isinstance(push, Mapping) or not isinstance(push.get("body"), Mapping):
        raise ItemRefused("bad_type", "item must be an object with a body")
    try:
        if push.get("platform") == "square":
            return square.event_of(push["body"], exponent_of)
        settings = PushSettings(push.get("customer_id_field"))
        return shopify.event_of(str(push.get("topic")), push["body"], settings)
    except (AttributeError, TypeError, KeyError):
        # a part of another type than the platform's documents say
        raise ItemRefused("bad_type", "a part of the body has an unexpected type") from None

"""Events as posted to arrivals: orders without a till, and behaviour without money."""

import json
from collections.abc import Mapping
from typing import Any, Final

from services.ingest.domain.arrival import Arrival, ItemRefused
from services.ingest.domain.records import (
    Activity,
    EventKey,
    Membership,
    Record,
    Return,
    Sale,
    Void,
)
from services.ingest.usecases.conversion import counted
from services.ingest.usecases.read_items import (
    Reading,
    body_hash,
    check_lines,
    checked,
    claims_of,
    habit_slot,
    occasion,
    order_key,
    return_lines,
    sale_lines,
    unit_prices,
)
from shared.contracts.events import (
    MembershipEndProperties,
    MembershipProperties,
    OrderProperties,
    RefundProperties,
    ShopEvent,
)
from shared.contracts.privacy import ConsentProperties
from shared.ids import short_key

MAX_PROPERTIES_BYTES: Final = 32 * 1024
COUNTS: Final[Mapping[str, str]] = {
    "product_viewed": "views",
    "product_list_viewed": "views",
    "page_viewed": "views",
    "searched": "searches",
    "cart_added": "carts",
    "checkout_started": "checkouts",
    "social_engaged": "social",
    "referral_made": "referrals",
    "feedback_given": "feedback",
}


def read_event(index: int, item: object, reading: Reading) -> Arrival:
    """Read one event; raises ItemRefused."""
    event = checked(ShopEvent, item)
    key = EventKey(short_key("event", reading.source_id, event.source or "", event.event_id))
    record, is_suspect, extra = _record(event, key, reading)
    claims, values = claims_of(event.customer, reading.secrets)
    return Arrival(
        index=index,
        event_key=key,
        body_hash=body_hash(event),
        kind=event.type,
        source_id=reading.source_id,
        claims=claims,
        values=values,
        record=record,
        received_at=reading.now,
        is_time_suspect=is_suspect,
        is_valued=reading.is_authoritative,
        extra=extra,
    )


def _record(
    event: ShopEvent, key: EventKey, reading: Reading
) -> tuple[Record, bool, dict[str, Any]]:
    match event.type:
        case "order_completed" | "order_updated":
            return _order(event, key, reading)
        case "order_refunded" | "order_cancelled":
            return _refund(event, key, reading)
        # one that names no programme is heard, and gives nothing
        case "membership_paid" | "membership_ended" if "programme" in event.properties:
            return _membership(event, key, reading)
        case _:
            return _activity(event, key, reading)


def _order(
    event: ShopEvent, key: EventKey, reading: Reading
) -> tuple[Record, bool, dict[str, Any]]:
    order = checked(OrderProperties, event.properties)
    check_lines(order.lines)
    where, is_suspect = occasion(
        reading,
        key,
        store_id=order.store_id,
        channel=order.channel,
        occurred_at=event.occurred_at,
        business_date=None,
    )
    sale = Sale(
        where,
        0,
        (order_key(reading.order_namespace, order.order_id),),
        sale_lines(order.lines, order.currency),
        habit_slot(event.occurred_at, reading.zone_of(order.store_id)),
        is_correction=event.type == "order_updated",
    )
    record, conversion = counted(sale, order.currency, reading)
    extra = {"order_id": order.order_id, "currency": order.currency}
    return record, is_suspect, extra | {"unit_prices": unit_prices(order.lines)} | conversion


def _refund(
    event: ShopEvent, key: EventKey, reading: Reading
) -> tuple[Record, bool, dict[str, Any]]:
    refund = checked(RefundProperties, event.properties)
    where, is_suspect = occasion(
        reading,
        key,
        store_id=refund.store_id,
        channel=refund.channel,
        occurred_at=event.occurred_at,
        business_date=None,
    )
    link = order_key(reading.order_namespace, refund.order_id)
    extra: dict[str, Any] = {"order_id": refund.order_id}
    if event.type == "order_cancelled":
        return Void(where, link), is_suspect, extra
    if refund.lines is None:
        return Return(where, link, None), is_suspect, extra
    check_lines(refund.lines)
    if refund.currency is None:
        raise ItemRefused("missing", "/properties/currency is required with lines")
    lines = return_lines(refund.lines, refund.currency)
    record, conversion = counted(Return(where, link, lines), refund.currency, reading)
    return record, is_suspect, extra | {"currency": refund.currency} | conversion


def _membership(
    event: ShopEvent, key: EventKey, reading: Reading
) -> tuple[Record, bool, dict[str, Any]]:
    where, is_suspect = occasion(
        reading,
        key,
        store_id=None,
        channel="web",
        occurred_at=event.occurred_at,
        business_date=None,
    )
    extra: dict[str, Any] = {"properties": event.properties}
    if event.type == "membership_ended":
        end = checked(MembershipEndProperties, event.properties)
        link = None if end.order_id is None else order_key(reading.order_namespace, end.order_id)
        zone = str(reading.shop_zone)
        record = Membership(where, end.programme, end.tier, zone, order_key=link, is_end=True)
        return record, is_suspect, extra
    paid = checked(MembershipProperties, event.properties)
    if paid.ends_at is not None and paid.ends_at <= where.effective_at:
        raise ItemRefused("out_of_range", "/properties/ends_at must be after the payment")
    order = None if paid.order_id is None else order_key(reading.order_namespace, paid.order_id)
    record = Membership(
        where,
        paid.programme,
        paid.tier,
        str(reading.shop_zone),
        months=paid.months,
        ends_at=paid.ends_at,
        order_key=order,
    )
    return record, is_suspect, extra


def _activity(
    event: ShopEvent, key: EventKey, reading: Reading
) -> tuple[Record, bool, dict[str, Any]]:
    if len(json.dumps(event.properties, ensure_ascii=False).encode()) > MAX_PROPERTIES_BYTES:
        raise ItemRefused("too_large", "/properties must have at most 32 KiB")
    if event.type == "consent_changed":
        checked(ConsentProperties, event.properties)
    where, is_suspect = occasion(
        reading,
        key,
        store_id=None,
        channel="web",
        occurred_at=event.occurred_at,
        business_date=None,
    )
    counts = [(COUNTS[event.type], 1)] if event.type in COUNTS else []
    if event.type == "feedback_given" and event.properties.get("kind") == "complaint":
        counts.append(("complaints", 1))
    return Activity(where, tuple(counts)), is_suspect, {"properties": event.properties}

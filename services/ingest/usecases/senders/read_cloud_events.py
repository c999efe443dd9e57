"""CloudEvents to arrivals, by way of the events of ours they tell."""

import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final, get_args

from services.ingest.domain.arrival import Arrival, ItemRefused
from services.ingest.domain.senders.cloud_events import (
    attributes_of,
    encoded_data,
    parts_of,
    type_of,
)
from services.ingest.domain.senders.segment_messages import plain
from services.ingest.domain.senders.web_behaviour import ORDERS
from services.ingest.usecases.read_events import read_event
from services.ingest.usecases.read_items import Reading
from services.ingest.usecases.senders.web_orders import currency_said, order_properties
from shared.contracts.events import EventType
from shared.problem import Problem
from shared.strict_json import parse

KNOWN: Final = frozenset(get_args(EventType))


def type_in(item: object) -> str | None:
    """Return the type of ours that a CloudEvent means, as far as it can be told."""
    text = item.get("type") if isinstance(item, Mapping) else None
    return type_of(text, KNOWN) if isinstance(text, str) else None


def currency_in(item: object) -> str | None:
    """Return the currency that a CloudEvent names, if it names one."""
    data = item.get("data") if isinstance(item, Mapping) else None
    inner = data.get("properties") if isinstance(data, Mapping) else None
    return currency_said(inner) or currency_said(data)


def read_cloud_event(index: int, item: object, reading: Reading) -> Arrival:
    """Read one event in structured form; raises ItemRefused."""
    event = attributes_of(item)
    kind = type_of(event["type"], KNOWN)
    if kind is None:
        raise ItemRefused("not_allowed", "/type must end in one of our event types")
    customer, properties = parts_of(event, _data(event))
    is_foreign = kind in ORDERS and "lines" not in properties
    told = {
        "event_id": event["id"],
        "source": event["source"],
        "type": kind,
        "occurred_at": event.get("time") or reading.reached_at,
        "customer": customer,
        "properties": order_properties(kind, properties, reading, channel="web")
        if is_foreign
        else plain(properties),
    }
    arrival = read_event(index, told, reading)
    extra = {**arrival.extra, "cloud_event_type": event["type"]}
    return replace(arrival, body_hash=_digest(event), extra=extra)


def _data(event: Mapping[str, Any]) -> Any:
    encoded = encoded_data(event)
    if encoded is None:
        return event.get("data")
    try:
        return parse(encoded, exact_numbers=True)
    except Problem as fault:
        raise ItemRefused("bad_json", f"/data_base64: {fault.detail}") from None


def _digest(event: Mapping[str, Any]) -> bytes:
    """Return what is the same for every delivery: without a time, ours would not be."""
    text = json.dumps(event, sort_keys=True, ensure_ascii=False, default=str)
    return sha256(text.encode()).digest()[:16]

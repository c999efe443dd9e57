"""Messages of Segment-compatible clients to arrivals."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Any, Final

from pydantic_core import PydanticCustomError

from services.ingest.domain.arrival import SUSPECT_AFTER, Arrival, ItemRefused
from services.ingest.domain.identity import Claim
from services.ingest.domain.records import Activity, EventKey
from services.ingest.domain.senders.segment_messages import Message, corrected, plain, read_message
from services.ingest.domain.senders.spoiled import Spoiled
from services.ingest.domain.senders.web_behaviour import ORDERS
from services.ingest.usecases.read_events import COUNTS, MAX_PROPERTIES_BYTES, read_event
from services.ingest.usecases.read_items import Reading, checked, claims_of, occasion
from services.ingest.usecases.senders.web_orders import (
    currency_said,
    order_properties,
    stated_amounts,
)
from shared.contracts.common import CustomerReference
from shared.fields import identifier, instant
from shared.identifiers import email, lookup_key, phone
from shared.ids import short_key

Reader = Callable[[int, object, Reading], Arrival]
_SEPARATORS: Final = str.maketrans("", "", " ()-.")


def _international(text: str) -> str:
    """Return a number that people wrote with its country, in E.164."""
    return phone(text.translate(_SEPARATORS))


#: Traits that name a person, and what makes of each the form we know it by.
_NAMING: Final[Mapping[str, Callable[[str], str]]] = {"email": email, "phone": _international}
#: Under what an alias's previousId may be known, most likely first.
_PREVIOUS: Final = ("anonymous_id", "customer_id")


def sent_at(read: Reader, sent: object) -> Reader:
    """Let messages that do not say when they were sent have been sent then."""

    @wraps(read)
    def read_sent(index: int, item: object, reading: Reading) -> Arrival:
        if sent is None or not isinstance(item, Mapping) or isinstance(item, Spoiled):
            return read(index, item, reading)
        own = item.get("sentAt")
        return read(index, {**item, "sentAt": sent if own is None else own}, reading)

    return read_sent


def currency_in(item: object) -> str | None:
    """Return the currency that a message names, if it names one."""
    return currency_said(item.get("properties")) if isinstance(item, Mapping) else None


def read_segment(index: int, item: object, reading: Reading) -> Arrival:
    """Read one message; raises ItemRefused."""
    message = read_message(item)
    at, is_skewed, extra = _times(message, reading)
    if message.type in ORDERS:
        arrival = _order(index, message, at, reading)
    else:
        arrival = _behaviour(index, message, at, reading)
    return replace(
        arrival,
        body_hash=message.digest,
        is_time_suspect=arrival.is_time_suspect or is_skewed,
        extra={**arrival.extra, **plain(message.kept), **extra},
    )


def _times(message: Message, reading: Reading) -> tuple[datetime, bool, dict[str, Any]]:
    """Return when it happened by our clock, whether the sender's clock is off, and its claim."""
    sent = _sent(message.sent_at)
    if message.claimed_at is None:
        return reading.reached_at, False, {}
    try:
        claimed = instant(message.claimed_at)
    except PydanticCustomError as error:
        code = error.type.rpartition(".")[2]
        raise ItemRefused(code, f"/timestamp {error.message_template}") from None
    is_skewed = sent is not None and abs(reading.reached_at - sent) > SUSPECT_AFTER
    at = corrected(claimed, sent, reading.reached_at)
    return at, is_skewed, {"claimed_at": claimed.isoformat()}


def _sent(value: object) -> datetime | None:
    """Return when a message was sent; one that does not say so readably is not corrected."""
    try:
        return None if value is None else instant(value)
    except PydanticCustomError:
        return None


def _customer(message: Message) -> dict[str, Any]:
    """Return whom a message names; a trait that is no e-mail or number names nobody."""
    named = dict(message.ids)
    for trait, canonical in _NAMING.items():
        value = message.traits.get(trait)
        try:
            if isinstance(value, str) and value:
                named[trait] = canonical(value)
        except PydanticCustomError:
            continue
    return named


def _order(index: int, message: Message, at: datetime, reading: Reading) -> Arrival:
    said = order_properties(message.type, message.properties, reading, channel=message.channel)
    event = {
        "event_id": message.message_id,
        "type": message.type,
        "occurred_at": at,
        "customer": _customer(message),
        "properties": said,
    }
    arrival = read_event(index, event, reading)
    stated = stated_amounts(message.properties)
    return replace(arrival, extra={**arrival.extra, "stated": stated}) if stated else arrival


def _behaviour(index: int, message: Message, at: datetime, reading: Reading) -> Arrival:
    key = _key(message, reading)
    where, is_suspect = occasion(
        reading, key, store_id=None, channel=message.channel, occurred_at=at, business_date=None
    )
    counts = ((COUNTS[message.type], 1),) if message.type in COUNTS else ()
    reference = checked(CustomerReference, _customer(message))
    claims, values = claims_of(reference, reading.secrets)
    previous = _previous(message, reading)
    return Arrival(
        index=index,
        event_key=key,
        body_hash=message.digest,
        kind=message.type,
        source_id=reading.source_id,
        claims=claims,
        values=values,
        record=Activity(where, counts),
        received_at=reading.now,
        is_time_suspect=is_suspect,
        is_valued=reading.is_authoritative,
        extra={"properties": _bounded(message.properties, message.kept)},
        is_explicit=message.kind in ("identify", "alias"),
        previous=tuple(Claim(kind, key) for kind, key, _ in previous),
        previous_values=tuple(value for _, _, value in previous),
        traits=_bounded(_attributes(message), {}) if message.kind == "identify" else {},
    )


def _key(message: Message, reading: Reading) -> EventKey:
    """Return the key of a message: its source and messageId, as of any other event."""
    try:
        message_id = identifier(message.message_id)
    except PydanticCustomError as error:
        code = error.type.rpartition(".")[2]
        raise ItemRefused(code, f"/messageId {error.message_template}") from None
    return EventKey(short_key("event", reading.source_id, "", message_id))


def _previous(message: Message, reading: Reading) -> list[tuple[str, bytes, str]]:
    if message.kind != "alias":
        return []
    if message.previous_id is None:
        raise ItemRefused("missing", "/previousId is required")
    found = []
    for kind in _PREVIOUS:
        reference = checked(CustomerReference, {kind: message.previous_id})
        for named, value in reference.given().items():
            found.append((named, lookup_key(reading.secrets, named, value), value))
    return found


def _attributes(message: Message) -> dict[str, Any]:
    """Return the traits that describe a person; those that name one are identifiers instead."""
    return {name: value for name, value in message.traits.items() if name not in _NAMING}


def _bounded(said: Mapping[str, Any], beside: Mapping[str, Any]) -> dict[str, Any]:
    stored: dict[str, Any] = plain(said)
    size = len(json.dumps([stored, plain(beside)], ensure_ascii=False).encode())
    if size > MAX_PROPERTIES_BYTES:
        raise ItemRefused("too_large", "/properties must have at most 32 KiB")
    return stored

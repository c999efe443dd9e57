"""Messages of Segment-compatible clients: what they say, wherever in them they say it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from services.ingest.domain.arrival import ItemRefused
from services.ingest.domain.senders.spoiled import Spoiled
from services.ingest.domain.senders.web_behaviour import type_of_event
from services.ingest.domain.senders.web_orders import text_of

KINDS: Final = ("track", "identify", "page", "screen", "group", "alias")
# What a client may write differently each time it sends the same message.
_VOLATILE: Final = frozenset({"sentAt", "writeKey", "_metadata", "receivedAt"})
_KEPT_CONTEXT: Final = ("campaign", "library", "locale", "page", "timezone")


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `type`: ours, or the kind of the message where we have none.

    `traits`: of the person, from wherever they stand. `claimed_at`, `sent_at`: as written.
    """

    kind: str
    type: str
    message_id: str
    ids: Mapping[str, str]
    previous_id: str | None
    traits: Mapping[str, Any]
    properties: Mapping[str, Any]
    kept: Mapping[str, Any]
    channel: str
    claimed_at: Any
    sent_at: Any
    digest: bytes


def read_message(item: object) -> Message:
    """Read one message; raises ItemRefused."""
    if isinstance(item, Spoiled):
        raise ItemRefused(item.code, item.message)
    if not isinstance(item, Mapping):
        raise ItemRefused("wrong_type", "item must be an object")
    kind = kind_in(item)
    context, own_traits = _object_in(item, "context"), _object_in(item, "traits")
    digest = digest_of(item)
    device = context.get("device")
    ids = {
        "customer_id": text_of(item, "user_id"),
        "anonymous_id": text_of(item, "anonymous_id"),
        "device_id": text_of(device, "id") if isinstance(device, Mapping) else None,
    }
    name = text_of(item, "event", "name") or ""
    return Message(
        kind=kind,
        type=_type(kind, name),
        message_id=text_of(item, "message_id") or f"body-{digest.hex()}",
        ids={key: value for key, value in ids.items() if value is not None},
        previous_id=text_of(item, "previous_id"),
        traits=_object_in(context, "traits") | (own_traits if kind == "identify" else {}),
        properties=_properties(kind, item),
        kept=_kept(kind, item, name, context),
        channel="app" if kind == "screen" or item.get("channel") == "mobile" else "web",
        claimed_at=item.get("timestamp") or item.get("originalTimestamp"),
        sent_at=item.get("sentAt"),
        digest=digest[:16],
    )


def kind_in(item: Mapping[str, Any]) -> str:
    """Return which of the kinds a message is; raises ItemRefused."""
    kind = item.get("type")
    if kind is None:
        raise ItemRefused("missing", "/type is required")
    if kind not in KINDS:
        raise ItemRefused("not_allowed", f"/type must be one of {', '.join(KINDS)}")
    return str(kind)


def type_in(item: object) -> str | None:
    """Return the type of a message as far as it can be read."""
    kind = item.get("type") if isinstance(item, Mapping) else None
    if not isinstance(item, Mapping) or kind not in KINDS:
        return None
    name = item.get("event")
    return _type(str(kind), name if isinstance(name, str) else "")


def _type(kind: str, name: str) -> str:
    match kind:
        case "track":
            return type_of_event(name)
        case "page" | "screen":
            return "page_viewed"
        case _:
            return kind


def digest_of(item: Mapping[str, Any]) -> bytes:
    """Return what is the same for every delivery of a message."""
    fixed = {key: value for key, value in item.items() if key not in _VOLATILE}
    text = json.dumps(fixed, sort_keys=True, ensure_ascii=False, default=str)
    return sha256(text.encode()).digest()


def corrected(claimed: datetime, sent: datetime | None, received: datetime) -> datetime:
    """Return when something happened by our clock: the sender's is off by received - sent."""
    try:
        return claimed if sent is None else received - (sent - claimed)
    except OverflowError:
        raise ItemRefused("time_out_of_range", "timestamp is too far from sentAt") from None


def plain(value: Any) -> Any:
    """Return a JSON value without Decimals, as it can be stored."""
    match value:
        case Decimal():
            return float(value)
        case Mapping():
            return {key: plain(each) for key, each in value.items()}
        case list():
            return [plain(each) for each in value]
        case _:
            return value


def _object_in(holder: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = holder.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ItemRefused("wrong_type", f"{name} must be an object")
    return dict(value)


def _properties(kind: str, item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties; of a page also its name and category, of a group its traits."""
    match kind:
        case "page" | "screen":
            named = {key: item.get(key) for key in ("name", "category")}
            said = {key: value for key, value in named.items() if isinstance(value, str)}
            return said | _object_in(item, "properties")
        case "group":
            return _object_in(item, "traits")
        case _:
            return _object_in(item, "properties")


def _kept(
    kind: str, item: Mapping[str, Any], name: str, context: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the event keeps besides: never who it was, nor where from (ids, traits, IP)."""
    kept: dict[str, Any] = {"message": kind, "name": name or None}
    if kind == "group":
        kept["group_id"] = text_of(item, "group_id")
    about = {key: context[key] for key in _KEPT_CONTEXT if context.get(key) is not None}
    return kept | ({"context": about} if about else {})

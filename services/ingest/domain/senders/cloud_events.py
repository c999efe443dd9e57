"""CloudEvents 1.0: their attributes, their data, and which of our types theirs means."""

import re
from base64 import b64decode
from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from services.ingest.domain.arrival import ItemRefused

PREFIX: Final = "ce-"
_REQUIRED: Final = ("specversion", "id", "source", "type")
_VERSION = re.compile(r"v\d+", re.ASCII)
_SUBJECT: Final = "customer/"


def type_of(type_text: str, known: Collection[str]) -> str | None:
    """Return the type of ours that a reverse-DNS type ends in; a trailing version is ignored."""
    parts = type_text.lower().replace("-", "_").split(".")
    if _VERSION.fullmatch(parts[-1]):
        parts.pop()
    endings = ("_".join(parts[start:]) for start in range(len(parts)))
    return next((ending for ending in endings if ending in known), None)


def attributes_of(item: object) -> Mapping[str, Any]:
    """Return a whole event of version 1.0; raises ItemRefused."""
    if not isinstance(item, Mapping):
        raise ItemRefused("wrong_type", "item must be an object")
    for name in _REQUIRED:
        value = item.get(name)
        if value is None or value == "":
            raise ItemRefused("missing", f"/{name} is required")
        if not isinstance(value, str):
            raise ItemRefused("wrong_type", f"/{name} must be a string")
    if item["specversion"] != "1.0":
        raise ItemRefused("not_allowed", "/specversion must be 1.0")
    kind = item.get("datacontenttype")
    if kind is not None and not is_json_type(kind):
        raise ItemRefused("not_allowed", "/datacontenttype must be application/json")
    return item


def is_json_type(content_type: object) -> bool:
    """Tell whether a media type is JSON."""
    if not isinstance(content_type, str):
        return False
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def encoded_data(event: Mapping[str, Any]) -> bytes | None:
    """Return what `data_base64` holds; None when the event has none."""
    text = event.get("data_base64")
    if text is None:
        return None
    try:
        return b64decode(text, validate=True)
    except (TypeError, ValueError):
        raise ItemRefused("bad_encoding", "/data_base64 must be base64") from None


def parts_of(event: Mapping[str, Any], data: object) -> tuple[Any, Mapping[str, Any]]:
    """Return whom an event names and its properties.

    Data of ours holds `customer` and `properties`; any other object is the properties themselves,
    and a subject `customer/<id>` then names the customer.
    """
    if data is None:
        data = {}
    if not isinstance(data, Mapping):
        raise ItemRefused("wrong_type", "/data must be an object")
    is_ours = bool(data) and data.keys() <= {"customer", "properties"}
    customer = data.get("customer") if is_ours else None
    properties = (data.get("properties") or {}) if is_ours else data
    if not isinstance(properties, Mapping):
        raise ItemRefused("wrong_type", "/data/properties must be an object")
    return customer or _subject(event), properties


def _subject(event: Mapping[str, Any]) -> dict[str, str] | None:
    subject = event.get("subject")
    if not isinstance(subject, str) or not subject.startswith(_SUBJECT):
        return None
    return {"customer_id": subject.removeprefix(_SUBJECT)}


def attributes_in(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the attributes of an event in binary form: `ce-` headers, percent-encoded UTF-8.

    Raises UnicodeDecodeError.
    """
    return {
        name.decode("ascii").removeprefix(PREFIX): unquote_to_bytes(value).decode("utf-8")
        for name, value in headers
        if name.startswith(PREFIX.encode())
    }

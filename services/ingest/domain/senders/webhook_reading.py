"""What platforms push, picked apart: a missing or odd part is refused by its name."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from services.ingest.domain.arrival import ItemRefused

Payload = Mapping[str, Any]
#: Line numbers fit 31 bits; platforms number their lines with 13 digits.
LINE_NUMBERS = 2**31 - 1


class NotForUs(Exception):
    """A web hook that says nothing we count: acknowledged, not stored."""


@dataclass(frozen=True, slots=True)
class PushSettings:
    """How a source's pushes are read; all from `PUT /v1/sources/{id}/webhook`."""

    customer_id_field: str | None = None


def require(payload: Payload, name: str) -> Any:
    """Return a member that must be there."""
    value = payload.get(name)
    if value is None or value == "":
        raise ItemRefused("missing", f"/{name} is required")
    return value


def members(payload: Payload, name: str) -> list[Payload]:
    """Return a list of objects; nothing when it is not there."""
    found = payload.get(name) or []
    if not isinstance(found, list) or not all(isinstance(item, Mapping) for item in found):
        raise ItemRefused("bad_type", f"/{name} must be a list of objects")
    return found


def decimal_of(value: object, name: str) -> Decimal:
    """Read an amount that platforms write as text or number; no exponent, no NaN."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ItemRefused("bad_decimal", f"/{name} must be a decimal")
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise ItemRefused("bad_decimal", f"/{name} must be a decimal") from None
    if not amount.is_finite():
        raise ItemRefused("bad_decimal", f"/{name} must be a decimal")
    return amount


def text_of(amount: Decimal) -> str:
    """Write an amount as the wire has it: no exponent, no trailing zeros, no minus zero."""
    plain = format(amount, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain


def line_number(identity: object) -> int:
    """Return a number of 31 bits for a platform's line id, the same on order and refund."""
    if isinstance(identity, bool) or not isinstance(identity, int) or identity < 0:
        raise ItemRefused("bad_type", "a line id must be a whole number")
    return identity % LINE_NUMBERS

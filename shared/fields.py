"""Strict text types of the wire: identifiers, instants, dates, currencies, amounts."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from shared.decimal_text import AMOUNT, QUANTITY, SIGNED_AMOUNT, SIGNED_QUANTITY
from shared.faults import OWN
from shared.money import is_currency

MAX_IDENTIFIER_BYTES = 128
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def fault(code: str, message: str) -> PydanticCustomError:
    """Make an error a validator raises: a stable code and a constant message."""
    return PydanticCustomError(f"{OWN}{code}", message)


def identifier(text: str) -> str:
    """Check an opaque id and give it in NFC; no folding of case, no NFKC: that merges people."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        if any(unicodedata.category(char) in _FORBIDDEN for char in text):
            raise fault("bad_identifier", "must not hold control or invisible characters")
    elif not text.isprintable():
        raise fault("bad_identifier", "must not hold control or invisible characters")
    if not text:
        raise fault("empty", "must not be empty")
    if text[0].isspace() or text[-1].isspace():
        raise fault("bad_identifier", "must not begin or end with a space")
    if len(text) > MAX_IDENTIFIER_BYTES or len(text.encode()) > MAX_IDENTIFIER_BYTES:
        raise fault("too_long", f"must have at most {MAX_IDENTIFIER_BYTES} bytes")
    return text


# Control, format (bidi, zero width), surrogate, line and paragraph separators.
_FORBIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def instant(value: object) -> datetime:
    """Read an RFC 3339 instant with offset as UTC; a leap second or a missing offset is refused."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    try:
        if isinstance(value, str) and _INSTANT.fullmatch(value):
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise fault("bad_instant", "must be an RFC 3339 instant with offset")


def calendar_date(value: object) -> date:
    """Read a YYYY-MM-DD date."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise fault("bad_date", "must be a date in the form YYYY-MM-DD")


def currency(text: str) -> str:
    """Check the form of an ISO 4217 code."""
    if not is_currency(text):
        raise fault("bad_currency", "must be an ISO 4217 code of three capital letters")
    return text


def time_zone(name: str) -> str:
    """Check the name of a time zone (IANA)."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise fault("bad_time_zone", "must be an IANA time zone such as Asia/Shanghai") from None
    return name


def _shown(form: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "examples": [example], "format": form})


Identifier = Annotated[
    str,
    AfterValidator(identifier),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_IDENTIFIER_BYTES}),
]
Instant = Annotated[
    datetime, BeforeValidator(instant), _shown("date-time", "2026-11-21T12:23:46+08:00")
]
BusinessDate = Annotated[date, BeforeValidator(calendar_date), _shown("date", "2026-11-21")]
CurrencyCode = Annotated[
    str,
    AfterValidator(currency),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$", "examples": ["CNY"]}),
]
# The currency's own number of decimals is checked where the currency is known (parse_minor).
MoneyText = Annotated[str, Field(pattern=AMOUNT, examples=["312.40"])]
SignedMoneyText = Annotated[str, Field(pattern=SIGNED_AMOUNT, examples=["-312.40"])]
QuantityText = Annotated[str, Field(pattern=QUANTITY, examples=["1.5"])]
SignedQuantityText = Annotated[str, Field(pattern=SIGNED_QUANTITY, examples=["-1"])]
TimeZoneName = Annotated[str, Field(max_length=64), AfterValidator(time_zone)]
# Words for people: bounded, may hold line breaks, no NUL (the parser refuses it already).
FreeText = Annotated[str, Field(max_length=10_000)]
ShortText = Annotated[str, Field(min_length=1, max_length=200)]

"""The ways in which an identifier is typed, back to the one form that is kept."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberFormat
from pydantic_core import PydanticCustomError

from services.ingest.domain.search import PLAIN
from shared.fields import identifier
from shared.identifiers import email, phone

_LIKE_A_PHONE: Final = re.compile(r"[+＋(（]?\d[\d\s().（）\-–./·]{4,40}")


def identifiers_in(
    text: str, external: Sequence[str], regions: Sequence[str]
) -> set[tuple[str, str]]:
    """Return every (kind, value) that a text may be; `external`: kinds other systems give."""
    found = {("phone", number) for number in phones_in(text, regions)}
    if (plain := plain_in(text)) is not None:
        found |= {(kind, plain) for kind in (*PLAIN, *external)}
    address = _or_none(email, text) if "@" in text else None
    return found if address is None else found | {("email", address)}


def plain_in(text: str) -> str | None:
    """Return a text as ids are kept; None for what no id can be."""
    return _or_none(identifier, text)


def phones_in(text: str, regions: Sequence[str]) -> set[str]:
    """Return the E.164 numbers that a text may be, read as dialled in each of the regions."""
    if _LIKE_A_PHONE.fullmatch(text) is None:
        return set()
    international = "+" + "".join(char for char in text if char.isdecimal())
    return set(_read(text, regions)) | set(_read(international, ()))


def _read(text: str, regions: Sequence[str]) -> Iterator[str]:
    # "ZZ": no region, for what is written with its country code
    for region in regions or ("ZZ",):
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        if _or_none(phone, written) is not None:
            yield written


def regions_of(setting: str, currency: str | None) -> tuple[str, ...]:
    """Return where phones are dialled: as set, else the country a currency code begins with."""
    named = tuple(part.strip() for part in setting.split(",") if part.strip())
    if named or not currency:
        return named
    country = currency[:2]
    return (country,) if country in phonenumbers.SUPPORTED_REGIONS else ()


def _or_none(read: Callable[[str], str], text: str) -> str | None:
    try:
        return read(text)
    except PydanticCustomError:
        return None

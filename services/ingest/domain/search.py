"""What people type to find a customer: which receipts it may name, and in which order they fit."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from services.ingest.domain.identity import TRUST

#: Kinds whose value is what is typed, letter by letter.
PLAIN: Final = tuple(kind for kind in TRUST if kind not in {"phone", "email", "external"})
BY_ORDER: Final = "order"
BY_RECEIPT: Final = "receipt"
BY_PREFIX: Final = "customer_id_prefix"
_RANKS: Final = {kind: rank for rank, kind in enumerate((*TRUST, BY_ORDER, BY_RECEIPT, BY_PREFIX))}
_BETWEEN: Final = re.compile(r"[\s/#|]+")
_DIGITS: Final = re.compile(r"\d{1,18}", re.ASCII)
_NAMES: Final = ("name", "full_name", "fullName", "display_name", "displayName", "nickname")
_HALVES: Final = (("first_name", "last_name"), ("firstName", "lastName"))
_CJK: Final = re.compile("[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Ticket:
    """What is printed on a receipt; with the store it is known by for ever."""

    store_id: str
    workstation_id: str
    business_date: date
    sequence_number: int


@dataclass(frozen=True, slots=True)
class Match:
    """A profile that fits, and by what."""

    found_by: str
    profile_id: UUID


@dataclass(frozen=True, slots=True)
class Person:
    """A profile as a list shows it; of a merged one, days and attributes of its winner too."""

    profile_id: UUID
    customer_id: str | None
    created_at: datetime
    winner_id: UUID | None
    winner: str | None
    attributes: Mapping[str, Any]
    first_seen_on: date | None
    last_seen_on: date | None


def ticket_in(text: str) -> Ticket | None:
    """Return the receipt that a text names as store, till, date and number; None for others."""
    parts = _BETWEEN.split(text.strip())
    if len(parts) != 4 or _DIGITS.fullmatch(parts[3]) is None:
        return None
    try:
        return Ticket(parts[0], parts[1], date.fromisoformat(parts[2]), int(parts[3]))
    except ValueError:
        return None


def past_prefix(prefix: bytes) -> bytes:
    """Return what sorts behind every UTF-8 text that begins so: no such text holds a 0xFF."""
    return prefix + b"\xff"


def in_order(matches: Iterable[Match]) -> dict[UUID, list[str]]:
    """Return by what each profile was found: the most trusted first, beginnings of ids last."""
    found: dict[UUID, list[str]] = {}
    for match in sorted(matches, key=lambda match: _RANKS[match.found_by.partition(":")[0]]):
        ways = found.setdefault(match.profile_id, [])
        if match.found_by not in ways:
            ways.append(match.found_by)
    return found


def name_in(attributes: Mapping[str, Any]) -> str | None:
    """Return the name a profile tells, whole or in halves; None when it tells none."""
    for key in _NAMES:
        if name := _text(attributes.get(key)):
            return name
    for halves in _HALVES:
        given, family = (_text(attributes.get(key)) for key in halves)
        if given or family:
            # Chinese, Japanese and Korean names have no space, and the family's comes first
            is_cjk = _CJK.search(given + family) is not None
            return family + given if is_cjk else f"{given} {family}".strip()
    return None


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""

"""What changed between a wallet as it was written down and as it is now, and what to tell of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from services.scoring.domain.announcement import Kind
from services.scoring.domain.benefits.offer import told_instant
from services.scoring.domain.points.happenings import EntryKind, PointsEntry

CORRECTED: Final = "corrected"
_LESS: Final = {
    EntryKind.EXPIRED: Kind.POINTS_EXPIRED,
    EntryKind.REDEEMED: Kind.POINTS_REDEEMED,
    EntryKind.ADJUSTED: Kind.POINTS_REDEEMED,
}


@dataclass(frozen=True, slots=True)
class WrittenEntry:
    """An entry as it is stored; a withdrawn one no longer follows from the facts."""

    entry_id: UUID
    kind: str
    points: int
    at: datetime
    expires_at: datetime | None
    source: str
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """A change of the balance to be told: `points` more or less, because of an entry."""

    entry: WrittenEntry
    points: int
    reason: str

    @property
    def kind(self) -> Kind:
        """Name what is told."""
        if self.points > 0:
            return Kind.POINTS_EARNED
        if self.reason == CORRECTED:
            return Kind.POINTS_CLAWED_BACK
        return _LESS.get(EntryKind(self.entry.kind), Kind.POINTS_CLAWED_BACK)

    def body(self, programme: str, balance: int) -> dict[str, Any]:
        """Write what is told; `balance` is the one after everything."""
        return {
            "programme": programme,
            "points": self.points,
            "balance": balance,
            "reason": self.reason,
            "entry_id": str(self.entry.entry_id),
            "at": told_instant(self.entry.at),
            "expires_at": told_instant(self.entry.expires_at),
        }


def entry_id_of(programme: str, key: str) -> UUID:
    """Name an entry by what it stands for: the same whenever it is derived."""
    return UUID(bytes=sha256(f"{programme} {key}".encode()).digest()[:16])


def written(programme: str, entries: Iterable[PointsEntry]) -> list[WrittenEntry]:
    """Lay entries out as they are stored."""
    return [
        WrittenEntry(
            entry_id_of(programme, each.key),
            each.kind.value,
            each.points,
            each.at,
            each.expires_at,
            each.source,
        )
        for each in entries
    ]


@dataclass(frozen=True, slots=True)
class Settlement:
    """The rows to write, each with whose it is, and what to tell."""

    rows: list[tuple[UUID, WrittenEntry]]
    news: list[News]


def settle(
    owner: UUID, stored: Iterable[tuple[UUID, WrittenEntry]], after: Iterable[WrittenEntry]
) -> Settlement:
    """Compare what a customer and those merged into them had written down with what is so now.

    What was told of an entry once is told again only as far as it became more or less.
    """
    own: dict[UUID, WrittenEntry] = {}
    others: list[tuple[UUID, WrittenEntry]] = []
    for holder, entry in stored:
        if holder == owner:
            own[entry.entry_id] = entry
        elif not entry.is_withdrawn:
            others.append((holder, entry))
    found = {entry.entry_id: entry for entry in after}
    known = {entry.entry_id: entry for _, entry in others}
    known |= {key: entry for key, entry in own.items() if not entry.is_withdrawn}
    gone = [entry for key, entry in own.items() if key not in found and not entry.is_withdrawn]
    rows = [(owner, entry) for key, entry in found.items() if own.get(key) != entry]
    rows += [(owner, _withdrawn(entry)) for entry in gone]
    rows += [(holder, _withdrawn(entry)) for holder, entry in others]
    return Settlement(rows, _news(known, found, own))


def _news(
    known: Mapping[UUID, WrittenEntry],
    found: Mapping[UUID, WrittenEntry],
    own: Mapping[UUID, WrittenEntry],
) -> list[News]:
    news = []
    for key, entry in found.items():
        points = entry.points - (known[key].points if key in known else 0)
        if points:
            is_new = key not in known and key not in own
            news.append(News(entry, points, entry.kind if is_new else CORRECTED))
    lost = (entry for key, entry in known.items() if key not in found)
    return news + [News(entry, -entry.points, CORRECTED) for entry in lost if entry.points]


def _withdrawn(entry: WrittenEntry) -> WrittenEntry:
    return replace(entry, is_withdrawn=True)

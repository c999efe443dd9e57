"""One customer's wallet in one programme: all that it is derived from, put together."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.scoring.domain.points.calendar import Calendar
from services.scoring.domain.points.earning import Earning, OrderEntry, earned
from services.scoring.domain.points.happenings import (
    Cancellation,
    Credit,
    EntryKind,
    Happening,
    Spending,
    Wallet,
)
from services.scoring.domain.points.referrals import Referral, credited
from services.scoring.domain.points.terms import TermsInForce, terms_at
from services.scoring.domain.points.wallet import wallet_at
from services.scoring.domain.status.counting import EntryRow
from services.scoring.domain.status.engine.timeline import Item

CommandKind = Literal["redeem", "cancel", "adjust"]


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody asked of a wallet; an adjustment may be negative.

    `cancels` is the redemption that is taken back.
    """

    command_id: UUID
    kind: CommandKind
    points: int
    at: datetime
    reference: str | None = None
    reason: str = ""
    cancels: UUID | None = None


@dataclass(frozen=True, slots=True)
class PointsBook:
    """How a release gives points: its versions, their ladders by instant, the calendar."""

    schedule: Sequence[TermsInForce]
    ladders: Sequence[tuple[datetime | None, Sequence[str]]]
    calendar: Calendar

    @property
    def has_factors(self) -> bool:
        """Tell whether tiers earn differently, so that the timeline matters."""
        return any(each.terms is not None and each.terms.factors for each in self.schedule)

    @property
    def has_referrals(self) -> bool:
        """Tell whether who brings others is credited."""
        return any(each.terms is not None and each.terms.referral for each in self.schedule)

    def tier_key(self, rank: int, at: datetime) -> str:
        """Name a rank as the version in force at an instant did."""
        keys = self.ladders[0][1]
        for since, later in self.ladders:
            if since is None or since <= at:
                keys = later
        return keys[min(rank, len(keys) - 1)]


@dataclass(frozen=True, slots=True)
class WalletFacts:
    """What one wallet is derived from; any order, repetitions do not count."""

    owner: UUID
    rows: Sequence[EntryRow]
    timeline: Sequence[Item]
    referrals: Sequence[Referral]
    commands: Sequence[Command]


def wallet_of(facts: WalletFacts, book: PointsBook, now: datetime) -> Wallet:
    """Derive a wallet as of an instant."""
    earning = Earning(book.schedule, held_before(facts.timeline, book), book.calendar)
    happened: list[Happening] = earned(map(_order_entry, facts.rows), earning)
    happened += credited(facts.referrals, facts.owner.hex, book.schedule, book.calendar)
    happened += (asked(command, book) for command in facts.commands)
    return wallet_at(happened, now)


def held_before(timeline: Iterable[Item], book: PointsBook) -> Callable[[datetime], str | None]:
    """Tell which tier was held just before an instant: an order earns in the tier it found."""
    items = sorted(timeline, key=lambda item: item.at)
    instants = [item.at for item in items]

    def tier_at(at: datetime) -> str | None:
        place = bisect_left(instants, at)
        return book.tier_key(items[place - 1].rank if place else 0, at)

    return tier_at


def asked(command: Command, book: PointsBook) -> Happening:
    """Turn a command into what it does to a wallet."""
    at, key = command.at, key_of(command.kind, command.command_id)
    if command.kind == "cancel" and command.cancels is not None:
        return Cancellation(key, at, key_of("redeem", command.cancels))
    if command.kind == "adjust" and command.points > 0:
        terms = terms_at(book.schedule, at)
        ends = None if terms is None else terms.expiry_of(at, book.calendar)
        return Credit(key, at, command.points, ends, EntryKind.ADJUSTED)
    kind = EntryKind.ADJUSTED if command.kind == "adjust" else EntryKind.REDEEMED
    return Spending(key, at, abs(command.points), kind)


def key_of(kind: CommandKind, command_id: UUID) -> str:
    """Name what a command does in the wallet's entries."""
    return f"{kind}:{command_id.hex}"


def _order_entry(row: EntryRow) -> OrderEntry:
    reverses = None if row.reverses is None else row.reverses.hex()
    return OrderEntry(row.entry_id.hex(), reverses, row.at, row.known_at, row.spend)

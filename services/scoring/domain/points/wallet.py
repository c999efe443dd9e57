"""Replay a points wallet: lots, the earliest expiry first; a clawback may leave a debt.

A spending is paid for by lots. Debt is nothing but spending that no lot pays for: when a lot turns
out never to have been due, other lots pay in its place, and what they cannot pay waits for the
next credit. So cancelling a redemption gives points back to the lots that paid for it, and gives
nothing for those that have expired since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, assert_never

from services.scoring.domain.points.happenings import (
    Cancellation,
    Clawback,
    Credit,
    EntryKind,
    Happening,
    Lot,
    PointsEntry,
    Spending,
    Wallet,
)

_NEVER: Final = datetime.max.replace(tzinfo=UTC)
#: At one instant: what comes in, what is taken back, then what people ask for.
_TURN: Final = {Credit: 0, Clawback: 1, Spending: 2, Cancellation: 3}


def wallet_at(happenings: Iterable[Happening], now: datetime) -> Wallet:
    """Replay what happened up to an instant; order and repetition of what is given do not count."""
    ordered = sorted(set(happenings), key=_place)
    past = [each for each in ordered if each.at <= now]
    later = [each for each in ordered if each.at > now]
    books = _Books()
    for happening in past:
        books.expire(happening.at)
        books.take(happening)
    books.expire(now)
    ends = [lot.expires_at for lot in books.lots.values() if lot.left and lot.expires_at < _NEVER]
    return Wallet(
        entries=tuple(books.entries),
        lots=tuple(books.shown()),
        debt=books.debt,
        pending=sum(each.points for each in later if isinstance(each, Credit)),
        next_change_at=min(ends + [each.at for each in later], default=None),
    )


def _place(happening: Happening) -> tuple[datetime, int, str]:
    return happening.at, _TURN[type(happening)], happening.key


@dataclass(slots=True)
class _OpenLot:
    key: str
    expires_at: datetime
    left: int
    expired: int = 0

    @property
    def place(self) -> tuple[datetime, str]:
        return self.expires_at, self.key


@dataclass(slots=True)
class _OpenSpending:
    """`paid` by lot key; `owed` waits for a lot."""

    key: str
    owed: int
    paid: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Books:
    entries: list[PointsEntry] = field(default_factory=list)
    lots: dict[str, _OpenLot] = field(default_factory=dict)
    spendings: dict[str, _OpenSpending] = field(default_factory=dict)
    _next_end: datetime = _NEVER

    @property
    def debt(self) -> int:
        return sum(spending.owed for spending in self.spendings.values())

    def shown(self) -> Iterator[Lot]:
        for lot in self._open_lots():
            yield Lot(lot.key, lot.left, None if lot.expires_at == _NEVER else lot.expires_at)

    def _open_lots(self) -> list[_OpenLot]:
        return sorted((lot for lot in self.lots.values() if lot.left), key=lambda each: each.place)

    def take(self, happening: Happening) -> None:
        match happening:
            case Credit():
                self._credit(happening)
            case Clawback():
                self._claw_back(happening)
            case Spending():
                self._spend(happening)
            case Cancellation():
                self._cancel(happening)
            case _:
                assert_never(happening)

    def expire(self, now: datetime) -> None:
        """Close every lot that has ended, each at its own end."""
        if now < self._next_end:
            return
        open_lots = self._open_lots()
        for lot in open_lots:
            if lot.expires_at <= now:
                key, kind = f"{EntryKind.EXPIRED}:{lot.key}", EntryKind.EXPIRED
                self.entries.append(PointsEntry(key, kind, -lot.left, lot.expires_at, lot.key))
                lot.expired, lot.left = lot.expired + lot.left, 0
        ends = [lot.expires_at for lot in open_lots if lot.left]
        self._next_end = min(ends, default=_NEVER)

    def _credit(self, credit: Credit) -> None:
        # what is late beyond its own end still comes in, and is gone at once
        ends = max(credit.expires_at or _NEVER, credit.at)
        self.lots[credit.key] = _OpenLot(credit.key, ends, credit.points)
        self._next_end = min(self._next_end, ends)
        key, expires_at = credit.key, credit.expires_at
        self.entries.append(
            PointsEntry(key, credit.kind, credit.points, credit.at, key, expires_at)
        )
        self._pay_debts()

    def _claw_back(self, clawback: Clawback) -> None:
        lot = self.lots.get(clawback.lot)
        if lot is None:
            return
        lost = min(clawback.points, lot.expired)
        lot.expired -= lost
        unused = min(clawback.points - lost, lot.left)
        lot.left -= unused
        spent = self._unpay(lot.key, clawback.points - lost - unused)
        taken = unused + spent
        if taken:
            key, kind = clawback.key, EntryKind.CLAWED_BACK
            self.entries.append(PointsEntry(key, kind, -taken, clawback.at, lot.key))
        self._pay_debts()

    def _spend(self, spending: Spending) -> None:
        self.spendings[spending.key] = _OpenSpending(spending.key, spending.points)
        key, points = spending.key, -spending.points
        self.entries.append(PointsEntry(key, spending.kind, points, spending.at, key))
        self._pay_debts()

    def _cancel(self, cancellation: Cancellation) -> None:
        spending = self.spendings.pop(cancellation.spending, None)
        if spending is None:
            return
        given_back = spending.owed
        for key, points in spending.paid.items():
            lot = self.lots[key]
            if lot.expires_at <= cancellation.at:
                lot.expired += points
            else:
                lot.left += points
                given_back += points
                self._next_end = min(self._next_end, lot.expires_at)
        key, at, source = cancellation.key, cancellation.at, cancellation.spending
        self.entries.append(PointsEntry(key, EntryKind.CANCELLED, given_back, at, source))
        self._pay_debts()

    def _unpay(self, lot: str, points: int) -> int:
        """Have the latest spendings that a lot paid for owe again; tell how much."""
        left = points
        for spending in reversed(self.spendings.values()):
            back = min(left, spending.paid.get(lot, 0))
            if back:
                spending.paid[lot] -= back
                spending.owed += back
                left -= back
        return points - left

    def _pay_debts(self) -> None:
        """Let lots pay what is owed: the oldest spending first, the earliest expiry first."""
        owing = [spending for spending in self.spendings.values() if spending.owed]
        if not owing:
            return
        payers = self._open_lots()
        for spending in owing:
            for lot in payers:
                paid = min(spending.owed, lot.left)
                if paid:
                    lot.left -= paid
                    spending.owed -= paid
                    spending.paid[lot.key] = spending.paid.get(lot.key, 0) + paid

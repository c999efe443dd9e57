"""What happens to a points wallet, in any order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EntryKind(StrEnum):
    """Why a balance changed; names never change."""

    EARNED = "earned"
    REFERRAL = "referral"
    ADJUSTED = "adjusted"
    REDEEMED = "redeemed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    CLAWED_BACK = "clawed_back"


@dataclass(frozen=True, slots=True)
class Credit:
    """Points that come in as a lot of their own; `expires_at` None: never."""

    key: str
    at: datetime
    points: int
    expires_at: datetime | None
    kind: EntryKind = EntryKind.EARNED


@dataclass(frozen=True, slots=True)
class Clawback:
    """Points of a lot that were never due: what earned them came back."""

    key: str
    at: datetime
    lot: str
    points: int


@dataclass(frozen=True, slots=True)
class Spending:
    """Points that were given out, by a redemption or an adjustment downwards."""

    key: str
    at: datetime
    points: int
    kind: EntryKind = EntryKind.REDEEMED


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A redemption that is taken back."""

    key: str
    at: datetime
    spending: str


Happening = Credit | Clawback | Spending | Cancellation


@dataclass(frozen=True, slots=True)
class PointsEntry:
    """One change of the balance; `source` names what happened, `lot` the lot where there is one."""

    key: str
    kind: EntryKind
    points: int
    at: datetime
    source: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lot:
    """Points that are left of one credit."""

    key: str
    points: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wallet:
    """A wallet at an instant: `balance` is the sum of its entries, and of its lots less `debt`.

    `pending` points come in later; `next_change_at` is when it changes if nothing else happens.
    """

    entries: tuple[PointsEntry, ...]
    lots: tuple[Lot, ...]
    debt: int
    pending: int
    next_change_at: datetime | None

    @property
    def balance(self) -> int:
        """Tell the points that are there; below zero while more was given out than was due."""
        return sum(lot.points for lot in self.lots) - self.debt

"""Ask a wallet: what is there, redeem, cancel, adjust; commands hold the customer's lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from services.scoring.domain.benefits.offer import told_instant
from services.scoring.domain.points.happenings import PointsEntry, Wallet
from services.scoring.domain.points.ledger import Command, key_of
from services.scoring.domain.points.telling import entry_id_of
from services.scoring.domain.records import Profile
from services.scoring.errors import NoPoints, PointsShort, UnknownCustomer, UnknownRedemption
from services.scoring.queries.people.profiles import find_profile
from services.scoring.queries.rewards import points as store
from services.scoring.usecases.benefits.redeem import hold
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.points.books import PointsBooks
from services.scoring.usecases.points.wallets import Wallets
from shared.audit import Note, note
from shared.idempotency import Answer, Asked, idempotently
from shared.ids import uuid7

_EMPTY = Wallet((), (), 0, 0, None)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of whose wallet; points below zero are taken."""

    customer_id: str
    programme: str | None
    points: int
    reference: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PointsDesk:
    """Answers for wallets, derived anew at every question."""

    pool: asyncpg.Pool
    day: BusinessDay
    books: PointsBooks
    wallets: Wallets

    async def tell(self, customer_id: str, programme: str | None) -> dict[str, Any]:
        """Tell a wallet; raises UnknownProgramme, NoPoints."""
        key = await self.books.programme(programme)
        profile = await find_profile(self.pool, customer_id)
        wallet = _EMPTY if profile is None else await self._wallet(profile, key)
        lots = _lots(wallet)
        return {
            "customer_id": profile.customer_id if profile else customer_id,
            "known": profile is not None,
            "programme": key,
            "balance": wallet.balance,
            "debt": wallet.debt,
            "pending": wallet.pending,
            "lots": lots,
            "next_expiry": next((lot for lot in lots if lot["expires_at"]), None),
            "as_of": told_instant(self.day.moment().now),
        }

    async def entries(self, customer_id: str, programme: str | None) -> list[dict[str, Any]]:
        """List every change of a balance, the newest first.

        Raises UnknownProgramme, NoPoints, UnknownCustomer.
        """
        key = await self.books.programme(programme)
        profile = await find_profile(self.pool, customer_id)
        if profile is None:
            raise UnknownCustomer
        wallet = await self._wallet(profile, key)
        return [_entry(key, entry) for entry in reversed(wallet.entries)]

    async def redeem(self, wish: Wish, asked: Asked) -> Answer:
        """Redeem points that are there.

        Raises UnknownProgramme, NoPoints, UnknownCustomer, PointsShort, Problem 409 and 422.
        """
        key = await self.books.programme(wish.programme)

        async def work(connection: asyncpg.Connection) -> Mapping[str, Any]:
            profile = await self._hold(connection, wish.customer_id)
            moment = self.day.moment()
            await self._check(connection, profile, key, wish.points)
            command = Command(uuid7(), "redeem", wish.points, moment.now, wish.reference)
            owner, actor = profile.profile_id, asked.caller.name
            await store.add_command(connection, owner, key, command, actor=actor)
            wallet = await self._settled(connection, profile, key)
            return _redeemed(profile, key, command) | {"balance": wallet.balance}

        return await idempotently(self.pool, asked, work)

    async def adjust(self, wish: Wish, asked: Asked) -> Answer:
        """Give or take points by hand; what is not there cannot be taken.

        Raises as `redeem` does.
        """
        key = await self.books.programme(wish.programme)

        async def work(connection: asyncpg.Connection) -> Mapping[str, Any]:
            profile = await self._hold(connection, wish.customer_id)
            now = self.day.moment().now
            await self._check(connection, profile, key, -wish.points)
            command = Command(uuid7(), "adjust", wish.points, now, reason=wish.reason)
            owner, actor = profile.profile_id, asked.caller.name
            await store.add_command(connection, owner, key, command, actor=actor)
            wallet = await self._settled(connection, profile, key)
            details = {"programme": key, "points": wish.points, "id": str(command.command_id)}
            details["reason"] = wish.reason
            await note(connection, Note(actor, "points.adjusted", str(owner), details), at=now)
            return {
                "adjustment_id": str(command.command_id),
                "customer_id": profile.customer_id,
                "programme": key,
                "points": wish.points,
                "reason": wish.reason,
                "at": told_instant(now),
                "balance": wallet.balance,
            }

        return await idempotently(self.pool, asked, work)

    async def cancel(
        self, customer_id: str, redemption_id: UUID, programme: str | None, *, actor: str
    ) -> dict[str, Any]:
        """Take a redemption back; points whose lot has expired since are gone. Once is enough.

        Raises UnknownProgramme, NoPoints, UnknownCustomer, UnknownRedemption.
        """
        key = await self.books.programme(programme)
        async with self.pool.acquire() as connection, connection.transaction():
            profile = await self._hold(connection, customer_id)
            owner = profile.profile_id
            commands = (await store.commands_of(connection, [owner], key))[owner]
            redeemed = _find(commands, redemption_id)
            cancelled = next((each for each in commands if each.cancels == redemption_id), None)
            if cancelled is None:
                now = self.day.moment().now
                cancelled = Command(uuid7(), "cancel", 0, now, cancels=redemption_id)
                await store.add_command(connection, owner, key, cancelled, actor=actor)
            wallet = await self._settled(connection, profile, key)
        returned = {entry.key: entry.points for entry in wallet.entries}
        return _redeemed(profile, key, redeemed) | {
            "cancelled_at": told_instant(cancelled.at),
            "returned": returned.get(key_of("cancel", cancelled.command_id), 0),
            "balance": wallet.balance,
        }

    async def _hold(self, connection: asyncpg.Connection, customer_id: str) -> Profile:
        profile = await hold(connection, customer_id)
        await store.lock_customers(connection, [profile.profile_id])
        return profile

    async def _check(
        self, connection: asyncpg.Connection, profile: Profile, key: str, points: int
    ) -> None:
        """See that points are there, under the lock."""
        moment = self.day.moment()
        wallet = await self.wallets.read(connection, profile.profile_id, key, moment)
        if wallet is None:
            raise NoPoints
        if points > max(wallet.balance, 0):
            raise PointsShort(wallet.balance)

    async def _settled(self, connection: asyncpg.Connection, profile: Profile, key: str) -> Wallet:
        owner = profile.profile_id
        settled = await self.wallets.settle(connection, [owner], key, self.day.moment())
        if owner not in settled:
            raise NoPoints
        return settled[owner]

    async def _wallet(self, profile: Profile, key: str) -> Wallet:
        moment = self.day.moment()
        wallet = await self.wallets.read(self.pool, profile.profile_id, key, moment)
        return wallet or _EMPTY


def _find(commands: Sequence[Command], redemption_id: UUID) -> Command:
    for command in commands:
        if command.command_id == redemption_id and command.kind == "redeem":
            return command
    raise UnknownRedemption


def _redeemed(profile: Profile, key: str, command: Command) -> dict[str, Any]:
    return {
        "redemption_id": str(command.command_id),
        "customer_id": profile.customer_id,
        "programme": key,
        "points": command.points,
        "reference": command.reference,
        "at": told_instant(command.at),
    }


def _lots(wallet: Wallet) -> list[dict[str, Any]]:
    """Put lots that end together into one."""
    ends: dict[str | None, int] = {}
    for lot in wallet.lots:
        at = told_instant(lot.expires_at)
        ends[at] = ends.get(at, 0) + lot.points
    return [{"points": points, "expires_at": at} for at, points in ends.items()]


def _entry(programme: str, entry: PointsEntry) -> dict[str, Any]:
    sort, _, named = entry.source.partition(":")
    return {
        "entry_id": str(entry_id_of(programme, entry.key)),
        "kind": entry.kind.value,
        "points": entry.points,
        "at": told_instant(entry.at),
        "expires_at": told_instant(entry.expires_at),
        "redemption_id": str(UUID(named)) if sort == "redeem" else None,
    }

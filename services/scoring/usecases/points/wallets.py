"""Derive wallets from facts, commands and the clock; write down and tell what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.domain.announcement import Announcement
from services.scoring.domain.points.happenings import Wallet
from services.scoring.domain.points.ledger import Command, PointsBook, WalletFacts, wallet_of
from services.scoring.domain.points.referrals import Referral
from services.scoring.domain.points.telling import News, WrittenEntry, settle, written
from services.scoring.domain.status.deciding import Instant, history_of
from services.scoring.domain.status.decision import StatusCustomer
from services.scoring.domain.status.engine.timeline import Item, timeline
from services.scoring.domain.status.release import StatusRelease
from services.scoring.queries.rewards import points as store
from services.scoring.queries.rewards.points import Settled
from services.scoring.queries.telling.announcements import announce
from services.scoring.queries.tiers.hot_tier import Moment
from services.scoring.queries.tiers.status_facts import StatusSnapshot, read_status
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.points.books import PointsBooks
from services.scoring.usecases.releases.catalog import Catalog

#: A wallet that is derived for the first time tells only what has just happened.
FIRST_TOLD: Final = timedelta(days=1)
#: How often is looked whether somebody who was brought has bought by now, and for how long.
BROUGHT_LOOKED_AT: Final = timedelta(days=1)
BROUGHT_FOLLOWED: Final = timedelta(days=366)
Reading = tuple[StatusCustomer, Wallet]


@dataclass(frozen=True, slots=True)
class _Read:
    """Wallets of one snapshot, and the release they were derived by."""

    release_id: int
    found: list[Reading]


class Wallets:
    """Derives wallets; whoever writes one holds the customer's lock."""

    __slots__ = ("_books", "_catalog", "_day", "_pool")

    def __init__(
        self, pool: asyncpg.Pool, catalog: Catalog, day: BusinessDay, books: PointsBooks
    ) -> None:
        """Take the database, releases, the business day, and how releases give points."""
        self._pool = pool
        self._catalog = catalog
        self._day = day
        self._books = books

    async def read(
        self,
        connection: asyncpg.Pool | asyncpg.Connection,
        profile_id: UUID,
        programme: str,
        moment: Moment,
    ) -> Wallet | None:
        """Derive one wallet as of now; None for somebody unknown or a programme without points."""
        read = await self._read(connection, [profile_id], programme, moment)
        return read.found[0][1] if read is not None and read.found else None

    async def settle(
        self,
        connection: asyncpg.Connection,
        profile_ids: Sequence[UUID],
        programme: str,
        moment: Moment,
    ) -> dict[UUID, Wallet]:
        """Derive wallets anew, write down what changed and announce it, under the locks.

        `profile_ids` are nobody's losers, in the order of their ids.
        """
        await store.lock_customers(connection, profile_ids)
        read = await self._read(connection, profile_ids, programme, moment)
        if read is None:
            return {}
        stored = await store.entries_of(connection, profile_ids, programme)
        known = await store.settled_among(connection, profile_ids, programme)
        rows: list[tuple[UUID, WrittenEntry]] = []
        told: list[Announcement] = []
        for customer, wallet in read.found:
            owner = customer.profile_id
            settlement = settle(owner, stored[owner], written(programme, wallet.entries))
            rows += settlement.rows
            since = None if owner in known else moment.now - FIRST_TOLD
            news = [each for each in settlement.news if since is None or each.entry.at >= since]
            told += _announcements(owner, programme, news, wallet.balance)
        await store.write_entries(connection, programme, rows)
        kept = [_settled(customer, wallet) for customer, wallet in read.found]
        await store.keep_wallets(connection, programme, read.release_id, kept)
        await announce(connection, told)
        return {customer.profile_id: wallet for customer, wallet in read.found}

    async def _read(
        self,
        connection: asyncpg.Pool | asyncpg.Connection,
        profile_ids: Sequence[UUID],
        programme: str,
        moment: Moment,
    ) -> _Read | None:
        snapshot = await read_status(connection, profile_ids, programme, moment.today)
        if snapshot.release_id is None:
            return None
        book = await self._books.book(snapshot.release_id)
        release = await self._catalog.release(snapshot.release_id)
        if book is None or not isinstance(release, StatusRelease):
            return None
        commands = await store.commands_of(connection, profile_ids, programme)
        brought: Mapping[UUID, Sequence[Referral]] = {}
        if book.has_referrals:
            brought = await store.referrals_of(connection, profile_ids)
        found = self._derive(snapshot, (release, book), commands, brought, moment)
        return _Read(snapshot.release_id, found)

    def _derive(
        self,
        snapshot: StatusSnapshot,
        terms: tuple[StatusRelease, PointsBook],
        commands: Mapping[UUID, Sequence[Command]],
        brought: Mapping[UUID, Sequence[Referral]],
        moment: Moment,
    ) -> list[Reading]:
        release, book = terms
        found = []
        for customer in snapshot.customers:
            owner = customer.profile_id
            items = self._timeline(customer, release, moment) if book.has_factors else ()
            facts = WalletFacts(
                owner, customer.rows, items, brought.get(owner, ()), commands.get(owner, ())
            )
            wallet = wallet_of(facts, book, moment.now)
            found.append((customer, _looked_at_again(wallet, facts.referrals, moment.now)))
        return found

    def _timeline(
        self, customer: StatusCustomer, release: StatusRelease, moment: Moment
    ) -> Sequence[Item]:
        instant = Instant(moment.now, moment.today, self._day.midnight_of)
        return timeline(release.schedule, history_of(customer, release, instant), moment.now)


def _looked_at_again(wallet: Wallet, referrals: Sequence[Referral], now: datetime) -> Wallet:
    """Have the wallet of who brought others derived again though only those others bought."""
    if not any(each.at > now - BROUGHT_FOLLOWED for each in referrals):
        return wallet
    again = now + BROUGHT_LOOKED_AT
    return replace(wallet, next_change_at=min(wallet.next_change_at or again, again))


def _announcements(
    owner: UUID, programme: str, news: Sequence[News], balance: int
) -> list[Announcement]:
    ordered = sorted(news, key=lambda each: (each.entry.at, each.entry.entry_id))
    return [
        Announcement(owner, each.kind, each.body(programme, balance), each.entry.at)
        for each in ordered
    ]


def _settled(customer: StatusCustomer, wallet: Wallet) -> Settled:
    versions = customer.versions
    return Settled(
        customer.profile_id,
        versions.facts,
        versions.control,
        wallet.balance,
        wallet.next_change_at,
    )

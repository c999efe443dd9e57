"""A status programme on a made-up shop: published, bought in, returned to, read."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from services.scoring.worker import make_background
from shared.ids import short_key
from tests.shop_facts import profile_id
from tests.trained import NOW, no_report, platform_of

CLUB = "club"
#: Stars of whole yuan: silver at 500, gold at 2,500 in 12 months, each for 12 months.
CLUB_DOCUMENT: Mapping[str, Any] = {
    "kind": "status",
    "audience": "customer_facing",
    "name": {"en": "Club", "zh": "俱乐部"},
    "metrics": {"stars": {"of": "spend", "per": "1.00", "name": {"en": "stars", "zh": "颗星"}}},
    "tiers": [
        {"key": "regular", "name": {"en": "Regular", "zh": "常客"}},
        {
            "key": "silver",
            "name": {"en": "Silver", "zh": "银星"},
            "enter": {"all": {"stars": 500}},
        },
        {"key": "gold", "name": {"en": "Gold", "zh": "金星"}, "enter": {"all": {"stars": 2500}}},
    ],
    "window": {"kind": "rolling", "months": 12},
    "validity": {"kind": "months", "months": 12},
    "qualification": "ledger",
    "downgrade": "base",
    "clawback": "immediate",
    "warn_days": 30,
    "time_zone": "UTC",
    "currency": "CNY",
}


def club(**changes: Any) -> dict[str, Any]:
    """The club's document; a test states only what it changes."""
    return deepcopy(dict(CLUB_DOCUMENT)) | changes


async def add_version(pool: asyncpg.Pool, key: str, version: int, document: Any) -> None:
    """Write a published version, as its publication does."""
    await pool.execute(
        "INSERT INTO programmes (programme_key, audience, created_at)"
        " VALUES ($1, 'customer_facing', now()) ON CONFLICT DO NOTHING",
        key,
    )
    await pool.execute(
        "INSERT INTO programme_versions (programme_key, version, status, document, created_at,"
        " published_at) VALUES ($1, $2, 'published', $3, now(), now())",
        key,
        version,
        document,
    )


async def publish(
    pool: asyncpg.Pool,
    url: str,
    document: Mapping[str, Any] = CLUB_DOCUMENT,
    *,
    key: str = CLUB,
    version: int = 1,
    now: datetime = NOW,
) -> int:
    """Put a version into force over the whole base; give the release's id."""
    await add_version(pool, key, version, dict(document))
    statuses = make_background(pool, platform_of(url, now.isoformat())).publisher.statuses
    assert statuses is not None
    return await statuses.release(key, version, no_report)


@dataclass(frozen=True, slots=True)
class Bought:
    """One order of a customer, as its entry names it."""

    index: int
    entry_id: bytes
    at: datetime
    spend: int


_numbers = iter(range(10**9))


async def sell(
    pool: asyncpg.Pool, index: int, yuan: int, at: datetime = NOW - timedelta(hours=1)
) -> Bought:
    """Fold one sale into the facts that programmes read, as one acknowledged receipt does."""
    bought = Bought(index, short_key("sale", str(index), str(next(_numbers))), at, yuan * 100)
    async with pool.acquire() as connection, connection.transaction():
        await _count_up(connection, index)
        await connection.execute(
            "INSERT INTO customer_day AS d (profile_id, business_date, net_booked, sales_net,"
            " orders, lines) VALUES ($1, $2, $3, $3, 1, 1)"
            " ON CONFLICT (profile_id, business_date) DO UPDATE SET orders = d.orders + 1",
            profile_id(index),
            at.date(),
            bought.spend,
        )
        await _enter(connection, bought, (bought.entry_id, None, at), sign=1)
    return bought


async def take_back(pool: asyncpg.Pool, bought: Bought, at: datetime = NOW) -> None:
    """Fold a return of a whole order into the facts."""
    async with pool.acquire() as connection, connection.transaction():
        await _count_up(connection, bought.index)
        named = (short_key("return", bought.entry_id.hex()), bought.entry_id, at)
        await _enter(connection, bought, named, sign=-1)


async def _count_up(connection: asyncpg.Connection, index: int) -> None:
    await connection.execute(
        "UPDATE customers SET version = version + 1 WHERE profile_id = $1", profile_id(index)
    )


async def _enter(
    connection: asyncpg.Connection,
    bought: Bought,
    named: tuple[bytes, bytes | None, datetime],
    *,
    sign: int,
) -> None:
    entry_id, reverses, known_at = named
    await connection.execute(
        "INSERT INTO entries (profile_id, entry_id, reverses, at, known_at, spend, margin, orders,"
        " quantity_milli) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8)",
        profile_id(bought.index),
        entry_id,
        reverses,
        bought.at,
        known_at,
        sign * bought.spend,
        sign,
        sign * 1000,
    )


async def merge(pool: asyncpg.Pool, loser: int, winner: int) -> None:
    """Unite two customers' facts, as a merge does."""
    async with pool.acquire() as connection, connection.transaction():
        for index in (loser, winner):
            await _count_up(connection, index)
        ids = (profile_id(loser), profile_id(winner))
        await connection.execute(
            "UPDATE customers SET merged_into = $2 WHERE profile_id = $1", *ids
        )
        await connection.execute("UPDATE entries SET profile_id = $2 WHERE profile_id = $1", *ids)


async def pin(
    pool: asyncpg.Pool,
    index: int,
    tier: str,
    starts_at: datetime,
    ends_at: datetime | None = None,
) -> None:
    """Set a tier by hand, as scoring's route does."""
    async with pool.acquire() as connection, connection.transaction():
        version = await connection.fetchval(
            "INSERT INTO customer_controls VALUES ($1, 1) ON CONFLICT (profile_id) DO UPDATE"
            " SET control_version = customer_controls.control_version + 1"
            " RETURNING control_version",
            profile_id(index),
        )
        await connection.execute(
            "INSERT INTO pins (profile_id, pin_id, programme_key, mode, tier_key, reason,"
            " control_version, starts_at, ends_at)"
            " VALUES ($1, gen_random_uuid(), $2, 'floor', $3, 'a promise', $4, $5, $6)",
            profile_id(index),
            CLUB,
            tier,
            version,
            starts_at,
            ends_at,
        )


async def timeline_of(pool: asyncpg.Pool, index: int) -> list[tuple[datetime, str, str]]:
    """What a customer's timeline says under the live release: since when, which tier, why."""
    rows = await pool.fetch(
        "SELECT at, tier_key, reason FROM tier_timeline t JOIN live_releases l"
        " USING (programme_key, release_id)"
        " WHERE profile_id = $1 AND programme_key = $2 ORDER BY at",
        profile_id(index),
        CLUB,
    )
    return [(row["at"], row["tier_key"], row["reason"]) for row in rows]


async def told_to(pool: asyncpg.Pool, index: int) -> list[tuple[str | None, str, str]]:
    """What history says was told to a customer: from, to, why."""
    rows = await pool.fetch(
        "SELECT tier_from, tier_to, reason FROM tier_history"
        " WHERE profile_id = $1 AND programme_key = $2 ORDER BY decided_at, history_id",
        profile_id(index),
        CLUB,
    )
    return [(row["tier_from"], row["tier_to"], row["reason"]) for row in rows]


def utc(text: str) -> datetime:
    """Read a date or an instant as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)

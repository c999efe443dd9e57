"""Statements of simulations: one snapshot for all processes, members, and what was asked."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.scoring.domain.life.job_kinds import SIMULATE
from services.scoring.domain.status.counting import EntryRow
from services.scoring.domain.status.decision import StatusCustomer
from services.scoring.domain.status.engine.history import Grant, Pin
from services.scoring.domain.status.simulation import Member
from services.scoring.domain.tiers.decision import Versions
from services.scoring.queries.bases.whole_days import IdRange
from services.scoring.queries.bases.whole_entries import read_entries
from services.scoring.queries.tiers.status_facts import CONTROLS, controls_of, enrolment

CHUNK: Final = 5_000
_NO_VERSIONS: Final = Versions(0, 0)
_Controls = Mapping[UUID, tuple[Sequence[Pin], Sequence[Grant]]]
_EXPORT: Final = """
SELECT pg_export_snapshot() AS snapshot,
    coalesce((SELECT max(sequence) FROM events), 0) AS sequence
"""
# One connection only keeps the snapshot, the others replay between two reads: for minutes.
_WAIT: Final = "SET LOCAL idle_in_transaction_session_timeout = '1h'"
# The statement takes no parameters: only a name of this form is written into it.
_NAME: Final = re.compile(r"[0-9A-F]{1,16}(-[0-9A-F]{1,16}){1,3}", re.ASCII)
# Hashes of ids: the same people for a seed, spread over the base.
_SAMPLE: Final = """
SELECT profile_id FROM customers WHERE merged_into IS NULL
ORDER BY md5($1::text || profile_id::text), profile_id LIMIT $2
"""
# Whose stored tier holds at the instant asked about need not be replayed for it.
_PEOPLE: Final = """
SELECT c.profile_id, c.attributes ->> 'enrolled_at' AS enrolled_at, t.rank AS held,
    coalesce(round(greatest(v.score, 0) * 1000000), 0)::bigint AS expected
FROM customers c
LEFT JOIN customer_controls k ON k.profile_id = c.profile_id
LEFT JOIN tier_current t ON t.profile_id = c.profile_id AND t.programme_key = $3
    AND t.release_id = $4 AND t.decided_version = c.version
    AND t.decided_control_version = coalesce(k.control_version, 0)
    AND t.business_date = 'infinity' AND t.next_change_at > $5 AND t.decided_at <= $5
LEFT JOIN tier_current v ON v.profile_id = c.profile_id AND v.programme_key = $6
    AND v.release_id = $7
WHERE c.profile_id > $1 AND c.profile_id <= $2 AND c.merged_into IS NULL
ORDER BY c.profile_id
"""
_READ_ALL: Final = "SET LOCAL cursor_tuple_fraction = 1"
_HAS_CONTROLS: Final = """
SELECT EXISTS (SELECT FROM pins WHERE programme_key = $1)
    OR EXISTS (SELECT FROM grants WHERE programme_key = $1)
    OR EXISTS (SELECT FROM memberships WHERE programme_key = $1)
"""
_NEWEST: Final = f"""
SELECT job_id FROM jobs WHERE kind = '{SIMULATE}' AND arguments ->> 'key' = $1
    AND (arguments ->> 'version')::int = $2
ORDER BY created_at DESC, job_id DESC LIMIT 1
"""  # noqa: S608 - our own kind
_OPEN: Final = f"SELECT count(*) FROM jobs WHERE kind = '{SIMULATE}' AND finished_at IS NULL"  # noqa: S608
_CANCEL: Final = f"""
UPDATE jobs SET status = 'failed', message = 'It was cancelled', finished_at = now()
WHERE kind = '{SIMULATE}' AND arguments ->> 'key' = $1
    AND (arguments ->> 'version')::int = $2 AND finished_at IS NULL
"""  # noqa: S608 - our own kind
# Whoever looks and then asks does so alone: two clicks make one job.
_HOLD: Final = "SELECT pg_advisory_xact_lock(7351019)"
_NAMES: Final = """
SELECT profile_id, customer_id FROM customers WHERE profile_id = ANY($1::uuid[])
"""
_VALUED_BY: Final = """
SELECT l.programme_key, l.release_id FROM live_releases l
JOIN releases r ON r.release_id = l.release_id
JOIN programmes p ON p.programme_key = l.programme_key
WHERE r.model_version IS NOT NULL ORDER BY p.is_default DESC, p.programme_key LIMIT 1
"""
_GAINS: Final = """
SELECT e.metrics -> 'contenders' -> 0 -> 'gains'
FROM live_releases l JOIN releases r ON r.release_id = l.release_id
JOIN programmes p ON p.programme_key = l.programme_key
JOIN evaluations e ON e.model_version = r.model_version
WHERE e.kind IN ('rehearsal', 'backtest')
ORDER BY p.is_default DESC, p.programme_key, e.kind = 'rehearsal', e.created_at DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of the database that several connections may read, and its last event."""

    name: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose members are read: a programme, its release in force, and as of when.

    `valued_by`: the value programme, and its release, whose scores say what is expected of them.
    """

    programme: str
    release_id: int | None
    as_of: datetime
    scanned: Collection[UUID]
    valued_by: tuple[str, int] | None = None


@asynccontextmanager
async def one_snapshot(pool: asyncpg.Pool) -> AsyncIterator[tuple[asyncpg.Connection, Snapshot]]:
    """Hold a state of the database for others to read, with the connection that reads it."""
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await connection.execute(_WAIT)
        row = await connection.fetchrow(_EXPORT)
        yield connection, Snapshot(row["snapshot"], row["sequence"])


async def sample(connection: asyncpg.Connection, seed: int, count: int) -> list[UUID]:
    """Draw customers, the same ones for a seed."""
    rows = await connection.fetch(_SAMPLE, str(seed), count)
    return [row["profile_id"] for row in rows]


async def valued_by(connection: asyncpg.Connection) -> tuple[str, int] | None:
    """Find the value programme in force, the default one first, and its release; None: none."""
    row = await connection.fetchrow(_VALUED_BY)
    return None if row is None else (row["programme_key"], row["release_id"])


async def backtest_gains(connection: asyncpg.Connection) -> list[float] | None:
    """Give the gains curve of the model in force as last measured; None without one."""
    found: list[float] | None = await connection.fetchval(_GAINS)
    return found or None


async def read_members(
    connection: asyncpg.Connection, ids: IdRange, snapshot: Snapshot, asked: Asked
) -> AsyncGenerator[list[Member]]:
    """Read every customer of a range in chunks, in the order of their ids, of one snapshot."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        if _NAME.fullmatch(snapshot.name) is None:
            raise ValueError("not the name of a snapshot")
        await connection.execute(f"SET TRANSACTION SNAPSHOT '{snapshot.name}'")
        await connection.execute(_WAIT)
        entries = await read_entries(connection, ids)
        has_controls = await connection.fetchval(_HAS_CONTROLS, asked.programme)
        await connection.execute(_READ_ALL)
        people = await connection.cursor(
            _PEOPLE,
            ids.after,
            ids.until,
            asked.programme,
            asked.release_id,
            asked.as_of,
            *(asked.valued_by or (None, None)),
        )
        place = 0
        while rows := await people.fetch(CHUNK):
            stop = place + len(rows)
            controls = await _controls(connection, rows, asked.programme) if has_controls else {}
            yield [
                _member(row, owned, controls, asked)
                for row, owned in zip(rows, entries.of(place, stop), strict=True)
            ]
            place = stop


def _member(row: asyncpg.Record, rows: list[EntryRow], controls: _Controls, asked: Asked) -> Member:
    profile_id = row["profile_id"]
    pins, grants = controls.get(profile_id, ((), ()))
    customer = StatusCustomer(
        profile_id=profile_id,
        customer_id=None,
        versions=_NO_VERSIONS,
        enrolled_at=enrolment(row["enrolled_at"]),
        rows=rows,
        pins=pins,
        grants=grants,
        order_days=(),
    )
    return Member(customer, row["held"], profile_id in asked.scanned, row["expected"])


async def _controls(
    connection: asyncpg.Connection, people: Sequence[asyncpg.Record], programme: str
) -> _Controls:
    listed: dict[UUID, list[Any]] = {}
    for row in await connection.fetch(CONTROLS, [each["profile_id"] for each in people], programme):
        owner, *control = row.values()
        listed.setdefault(owner, []).append(control)
    return {owner: controls_of(rows) for owner, rows in listed.items()}


async def hold_line(connection: asyncpg.Connection) -> None:
    """Let nobody else ask for a simulation until the transaction ends."""
    await connection.execute(_HOLD)


async def newest(
    connection: asyncpg.Connection | asyncpg.Pool, key: str, version: int
) -> UUID | None:
    """Find the job of the latest simulation of a version."""
    found: UUID | None = await connection.fetchval(_NEWEST, key, version)
    return found


async def count_open(connection: asyncpg.Connection) -> int:
    """Count the simulations that wait or run."""
    found: int = await connection.fetchval(_OPEN)
    return found


async def cancel(pool: asyncpg.Pool, key: str, version: int) -> None:
    """Close the simulations of a version that wait or run; a worker notices at its next word."""
    await pool.execute(_CANCEL, key, version)


async def names_of(pool: asyncpg.Pool, profile_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Look up what the shop calls customers; who was erased since has no name."""
    rows = await pool.fetch(_NAMES, profile_ids)
    return {row["profile_id"]: row["customer_id"] for row in rows if row["customer_id"]}

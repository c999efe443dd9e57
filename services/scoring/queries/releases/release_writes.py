"""Make releases, make one live, and forget the oldest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import asyncpg

from services.scoring.queries.telling.tier_news import telling

KEPT_RELEASES: Final = 3

# Whoever makes a release does so alone, from its number to the flip: of two at once the one that
# ends first would forget what the other has decided, and ids would not rise with time.
_LINE: Final = 7351004
_LOOK_AGAIN_S: Final = 0.5
# One maker at a time numbers releases and cuts; they are few.
NUMBERING: Final = "SELECT pg_advisory_xact_lock(7351002)"
_ADD_CUTS = """
INSERT INTO cuts (cuts_id, programme_key, model_version, reference_date, thresholds, created_at)
SELECT coalesce(max(cuts_id), 0) + 1, $1, $2, $3, $4, clock_timestamp() FROM cuts
RETURNING cuts_id
"""
_ADD_RELEASE = """
INSERT INTO releases (release_id, programme_key, programme_version, model_version, cuts_id,
    reference_date, status, snapshot_sequence, created_at)
SELECT coalesce(max(release_id), 0) + 1, $1, $2, $3, $4, $5, 'computing',
    (SELECT last_value FROM event_sequence), clock_timestamp() FROM releases
RETURNING release_id
"""
# One sorted pass: a look-up per customer scans the rows this very statement adds (300 s, not 3,
# for 100,000 customers on a table without statistics).
_CHANGED = """
INSERT INTO tier_history (profile_id, history_id, programme_key, release_id, customer_version,
    control_version, business_instant, decided_at, tier_from, tier_to, reason, inputs_hash)
SELECT t.profile_id, gen_random_uuid(), t.programme_key, t.release_id, t.decided_version,
    t.decided_control_version, {instant}, clock_timestamp(), h.tier_to, t.tier_key,
    CASE WHEN h.tier_to IS NULL THEN 'first_decision' ELSE 'release' END, t.inputs_hash
FROM tier_current t
LEFT JOIN (
    SELECT DISTINCT ON (profile_id) profile_id, tier_to FROM tier_history
    WHERE programme_key = $1 ORDER BY profile_id, decided_at DESC, history_id DESC
) h ON h.profile_id = t.profile_id
WHERE t.programme_key = $1 AND t.release_id = $2 AND h.tier_to IS DISTINCT FROM t.tier_key
    {still}
"""
_TELL = telling(_CHANGED.format(instant="t.decided_at", still=""), is_whole_base=True)
# Rules are in force from the flip on ($3); who changed since they were decided is told when they
# are decided again.
_TELL_RULES = telling(
    _CHANGED.format(instant="$3::timestamptz", still="AND t.next_change_at > $3"),
    is_whole_base=True,
)
# A version takes over at the flip, not when its release was begun: what was bought in between
# was told by the rules of then, and no date that was told is shortened.
_BEGIN_AT_FLIP = """
UPDATE releases SET schedule = jsonb_set(schedule, '{-1,since}', to_jsonb($2::text))
WHERE release_id = $1
"""
# Whose tier or its end moved by the taking over itself is dated at the flip by deciding anew.
_DECIDE_AGAIN = """
UPDATE tier_current t SET next_change_at = $4,
    state = jsonb_set(t.state, '{due}', to_jsonb($4::timestamptz))
FROM tier_timeline x
WHERE t.programme_key = $1 AND t.release_id = $2 AND t.next_change_at > $4
    AND x.profile_id = t.profile_id AND x.programme_key = $1 AND x.release_id = $2 AND x.at = $3
"""
_FLIP = """
INSERT INTO live_releases (programme_key, release_id, flipped_at)
VALUES ($1, $2, clock_timestamp())
ON CONFLICT (programme_key) DO UPDATE SET previous_release_id = live_releases.release_id,
    release_id = excluded.release_id, flipped_at = excluded.flipped_at
RETURNING previous_release_id
"""
_MARK_LIVE = """
UPDATE releases SET status = CASE WHEN release_id = $2 THEN 'live' ELSE 'retired' END,
    live_at = CASE WHEN release_id = $2 THEN clock_timestamp() ELSE live_at END
WHERE programme_key = $1 AND (release_id = $2 OR status = 'live')
"""
# What a release says of everybody's next review counts.
_DROP_REVIEWS = """
DELETE FROM due_reviews d USING tier_current t
WHERE d.programme_key = $1 AND t.profile_id = d.profile_id AND t.programme_key = $1
    AND t.release_id = $2
"""
_ADD_REVIEWS = """
INSERT INTO due_reviews (profile_id, programme_key, due_at)
SELECT profile_id, programme_key, (state ->> 'due')::timestamptz
FROM tier_current
WHERE programme_key = $1 AND release_id = $2 AND state ->> 'due' IS NOT NULL
ON CONFLICT DO NOTHING
"""
_FORGOTTEN = """
SELECT release_id FROM releases
WHERE programme_key = $1 AND status <> 'forgotten' AND release_id <> ALL(
    SELECT release_id FROM releases WHERE programme_key = $1 AND live_at IS NOT NULL
    ORDER BY live_at DESC LIMIT $2)
    AND release_id < $3
ORDER BY release_id LIMIT 100
"""
_FORGET_CURRENT = "DELETE FROM tier_current WHERE programme_key = $1 AND release_id = ANY($2)"
_FORGET_TIMELINE = "DELETE FROM tier_timeline WHERE programme_key = $1 AND release_id = ANY($2)"
_FORGET = "UPDATE releases SET status = 'forgotten' WHERE release_id = ANY($1)"


@dataclass(frozen=True, slots=True)
class NewRelease:
    """What a release is made of."""

    programme: str
    programme_version: int
    model_version: str
    reference_date: date
    thresholds: dict[str, Any]


@asynccontextmanager
async def release_line(pool: asyncpg.Pool) -> AsyncIterator[None]:
    """Wait until no other process makes a release, and keep the others waiting meanwhile.

    The lock is the session's: it goes with the connection of a worker that dies.
    """
    async with pool.acquire() as connection:
        # Asked again and again: a wait for minutes would meet the timeouts of the pool.
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LINE):  # noqa: ASYNC110 - another process
            await asyncio.sleep(_LOOK_AGAIN_S)
        try:
            yield
        finally:
            if not connection.is_closed():
                await connection.fetchval("SELECT pg_advisory_unlock($1)", _LINE)


async def add_release(pool: asyncpg.Pool, new: NewRelease) -> int:
    """Write cuts and a release that is being computed; give the release's id."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(NUMBERING)
        cuts_id = await connection.fetchval(
            _ADD_CUTS, new.programme, new.model_version, new.reference_date, new.thresholds
        )
        release_id: int = await connection.fetchval(
            _ADD_RELEASE,
            new.programme,
            new.programme_version,
            new.model_version,
            cuts_id,
            new.reference_date,
        )
    return release_id


class PointerMoved(Exception):
    """Another release is in force than the one a new release goes on from."""


async def make_live(pool: asyncpg.Pool, programme: str, release_id: int) -> None:
    """Flip the pointer and append to history whose tier the release changes, all at once."""
    async with pool.acquire() as connection, connection.transaction():
        await _prepare(connection)
        await connection.execute(_TELL, programme, release_id)
        await _turn(connection, programme, release_id)


@dataclass(frozen=True, slots=True)
class Flip:
    """A release of rules that goes on from `former`, begun at one instant, in force from `at`."""

    release_id: int
    former: int | None
    begun: datetime
    at: datetime


async def make_status_live(pool: asyncpg.Pool, programme: str, flip: Flip) -> None:
    """Make a release of rules live, with its reviews; raises PointerMoved."""
    release_id = flip.release_id
    async with pool.acquire() as connection, connection.transaction():
        await _prepare(connection)
        if flip.former is not None:
            await connection.execute(_BEGIN_AT_FLIP, release_id, flip.at.isoformat())
            await connection.execute(_DECIDE_AGAIN, programme, release_id, flip.begun, flip.at)
        await connection.execute(_TELL_RULES, programme, release_id, flip.at)
        if await _turn(connection, programme, release_id) != flip.former:
            raise PointerMoved
        await renew_reviews(connection, programme, release_id)


async def _prepare(connection: asyncpg.Connection) -> None:
    await connection.execute("SET LOCAL statement_timeout = 0")
    await connection.execute(NUMBERING)


async def _turn(connection: asyncpg.Connection, programme: str, release_id: int) -> int | None:
    """Flip the pointer; give the release that was in force until then."""
    # The pointer first, as a rollback does: the other way round the two may deadlock.
    former: int | None = await connection.fetchval(_FLIP, programme, release_id)
    await connection.execute(_MARK_LIVE, programme, release_id)
    return former


async def renew_reviews(connection: asyncpg.Connection, programme: str, release_id: int) -> None:
    """Put the reviews of a release in place of a programme's former ones."""
    await connection.execute("SET LOCAL statement_timeout = 0")
    await connection.execute(_DROP_REVIEWS, programme, release_id)
    await connection.execute(_ADD_REVIEWS, programme, release_id)


async def forget_old(pool: asyncpg.Pool, programme: str, newest: int) -> None:
    """Drop what releases before the last three decided; their rows in `releases` stay."""
    found = await pool.fetch(_FORGOTTEN, programme, KEPT_RELEASES, newest)
    old = [row["release_id"] for row in found]
    if old:
        await forget(pool, programme, old)


async def forget(pool: asyncpg.Pool, programme: str, old: Sequence[int]) -> None:
    """Drop what releases that are not in force have decided."""
    # Two tables, two cores. One that fails is met again by the next release: the mark comes last.
    await asyncio.gather(
        *(_patiently(pool, each, programme, old) for each in (_FORGET_CURRENT, _FORGET_TIMELINE))
    )
    await pool.execute(_FORGET, old)


async def _patiently(pool: asyncpg.Pool, statement: str, *arguments: object) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL statement_timeout = 0")
        await connection.execute("SET LOCAL synchronous_commit = off")
        await connection.execute(statement, *arguments)

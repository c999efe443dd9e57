"""What each source sent by the hour, and the last of it that was refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import Pool

from shared.schema.intake import HOUR_COUNTERS

#: The newest records kept aside that a look for the last refused goes through.
NEWEST_KEPT: Final = 5_000
_COUNTS: Final = ", ".join(HOUR_COUNTERS)
_SUMS: Final = ", ".join(f"sum({name})::bigint AS {name}" for name in HOUR_COUNTERS)


@dataclass(frozen=True, slots=True)
class SentHour:
    """What one source sent in one hour (HOUR_COUNTERS)."""

    hour: datetime
    source_id: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Refused:
    """The newest record of a source that was kept aside."""

    quarantine_id: UUID
    reason: str
    message: str
    at: datetime


async def hours_before(
    pool: Pool, source_id: str | None, *, before: tuple[datetime, str] | None, limit: int
) -> list[SentHour]:
    """Return hours in which something was sent, the newest first, from before a place on."""
    hour, source = before or (None, "")
    rows = await pool.fetch(
        f"""
        SELECT received_in, source_id, {_COUNTS} FROM source_hour
        WHERE ($1::text IS NULL OR source_id = $1)
            AND ($2::timestamptz IS NULL OR (received_in, source_id) < ($2, $3::text))
        ORDER BY received_in DESC, source_id DESC LIMIT $4
        """,  # noqa: S608 - our own column list
        source_id,
        hour,
        source,
        limit,
    )
    return [SentHour(row[0], row[1], _counts(row[2:])) for row in rows]


async def sent_since(
    pool: Pool, source_ids: Sequence[str], since: datetime
) -> dict[str, dict[str, int]]:
    """Return what sources sent since an hour."""
    rows = await pool.fetch(
        f"""
        SELECT source_id, {_SUMS} FROM source_hour
        WHERE received_in >= $2 AND source_id = ANY($1::text[]) GROUP BY source_id
        """,  # noqa: S608 - our own column list
        source_ids,
        since,
    )
    return {row[0]: _counts(row[1:]) for row in rows}


async def last_refused(pool: Pool, source_ids: Sequence[str]) -> dict[str, Refused]:
    """Return the newest refused record of each source, where it is among the newest of all."""
    rows = await pool.fetch(
        """
        SELECT DISTINCT ON (source_id) source_id, quarantine_id, reason, message, received_at
        FROM (
            SELECT source_id, quarantine_id, reason, message, received_at FROM quarantine
            ORDER BY received_at DESC LIMIT $2
        ) AS newest
        WHERE source_id = ANY($1::text[]) ORDER BY source_id, received_at DESC
        """,
        source_ids,
        NEWEST_KEPT,
    )
    return {row[0]: Refused(*row[1:]) for row in rows}


async def platforms_of(pool: Pool, source_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the platforms whose pushes each source takes."""
    rows = await pool.fetch(
        """
        SELECT source_id, array_agg(DISTINCT platform) FROM webhook_secrets
        WHERE source_id = ANY($1::text[]) AND valid_until IS NULL GROUP BY source_id
        """,
        source_ids,
    )
    return {row[0]: row[1] for row in rows}


def _counts(values: Sequence[int]) -> dict[str, int]:
    return dict(zip(HOUR_COUNTERS, values, strict=True))

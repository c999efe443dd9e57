"""Sources as people register them, and the counts of what each sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from asyncpg import Connection, Pool

from services.ingest.queries import bulk
from shared.schema.intake import HOUR_COUNTERS, SOURCE_COUNTERS, source_day, source_hour


@dataclass(frozen=True, slots=True)
class RegisteredSource:
    """A source with all that is kept of it."""

    source_id: str
    kind: str
    order_namespace: str
    is_authoritative: bool
    settings: dict[str, Any]
    created_at: datetime
    updated_at: datetime | None
    last_seen_at: datetime | None

    @property
    def is_history(self) -> bool:
        """Tell whether it tells of the past by nature: an import, a declared backfill."""
        return self.kind == "import" or self.settings.get("is_backfill") is True


_COLUMNS = ", ".join(field.name for field in fields(RegisteredSource))


async def authority_of(connection: Connection, namespace: str) -> str | None:
    """Return the authoritative source of an order namespace, held until commit."""
    found: str | None = await connection.fetchval(
        "SELECT source_id FROM sources WHERE order_namespace = $1 AND is_authoritative FOR UPDATE",
        namespace,
    )
    return found


async def end_authority(connection: Connection, source_id: str, now: datetime) -> None:
    """Take the authority for its namespace from a source."""
    await connection.execute(
        "UPDATE sources SET is_authoritative = false, updated_at = $2 WHERE source_id = $1",
        source_id,
        now,
    )


async def put_source(connection: Connection, source: RegisteredSource) -> RegisteredSource:
    """Create or replace a source; what webhooks keep in its settings stays."""
    row = await connection.fetchrow(
        f"""
        INSERT INTO sources
            (source_id, kind, order_namespace, is_authoritative, settings, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (source_id) DO UPDATE SET
            kind = excluded.kind, order_namespace = excluded.order_namespace,
            is_authoritative = excluded.is_authoritative, updated_at = excluded.created_at,
            settings = excluded.settings || (
                SELECT coalesce(jsonb_object_agg(key, value), '{{}}')
                FROM jsonb_each(sources.settings) WHERE key LIKE 'webhook\\_%'
            )
        RETURNING {_COLUMNS}
        """,  # noqa: S608 - our own column list
        source.source_id,
        source.kind,
        source.order_namespace,
        source.is_authoritative,
        source.settings,
        source.created_at,
    )
    return RegisteredSource(*row)


async def sources_after(pool: Pool, after: str, limit: int) -> list[RegisteredSource]:
    """Return the next sources by id."""
    rows = await pool.fetch(
        f"SELECT {_COLUMNS} FROM sources WHERE source_id > $1 ORDER BY source_id LIMIT $2",  # noqa: S608 - our own column list
        after,
        limit,
    )
    return [RegisteredSource(*row) for row in rows]


async def find_sources(pool: Pool, source_ids: Sequence[str]) -> list[RegisteredSource]:
    """Return those of these sources that are registered."""
    rows = await pool.fetch(
        f"SELECT {_COLUMNS} FROM sources WHERE source_id = ANY($1::text[]) ORDER BY source_id",  # noqa: S608 - our own column list
        source_ids,
    )
    return [RegisteredSource(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class SentCount:
    """What became of a source's items on a date, in an hour (HOUR_COUNTERS)."""

    source_id: str
    day: date
    hour: datetime
    counts: tuple[int, ...]


async def add_counts(connection: Connection, rows: Sequence[SentCount], seen_at: datetime) -> None:
    """Add what became of sources' items by day and hour, and when they were heard of."""
    # an unsigned push was not heard of its source: anybody may send one
    signed = [row for row in rows if any(row.counts[:-1])]
    days, hours = (
        _summed((r.source_id, r.day, r.counts[:-1]) for r in signed),
        _summed((r.hour, r.source_id, r.counts) for r in rows),
    )
    names = ("source_id", "received_on", *SOURCE_COUNTERS)
    await bulk.run(connection, bulk.add_sql(source_day, names), days)
    by_hour = ("received_in", "source_id", *HOUR_COUNTERS)
    await bulk.run(connection, bulk.add_sql(source_hour, by_hour), hours)
    heard = sorted({row.source_id for row in signed})
    await connection.execute(
        """
        UPDATE sources SET last_seen_at = greatest(last_seen_at, $2)
        FROM (SELECT source_id FROM unnest($1::text[]) AS t(source_id) ORDER BY 1) AS heard
        WHERE sources.source_id = heard.source_id
        """,
        heard,
        seen_at,
    )


def _summed(rows: Iterable[tuple[Any, Any, tuple[int, ...]]]) -> list[tuple[Any, ...]]:
    """Add up the counts of rows of one key, in order of keys: several processes write them."""
    sums: dict[tuple[Any, Any], tuple[int, ...]] = {}
    for first, second, counts in rows:
        known = sums.get((first, second), (0,) * len(counts))
        sums[first, second] = tuple(map(sum, zip(known, counts, strict=True)))
    return [(*key, *sums[key]) for key in sorted(sums)]

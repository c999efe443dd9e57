"""Who held which tier from when to when: what was told, by the last word of each date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

# Programmes that are in force; somebody merged away counts with the winner and the winner's tiers.
_SEGMENTS: Final = """
SELECT profile_id, programme_key AS programme, tier_to AS tier,
    'tier:' || programme_key || ':' || tier_to AS slice, since,
    least(lead(since, 1, 'infinity') OVER (PARTITION BY profile_id, programme_key ORDER BY since),
        gone) AS until
FROM (
    SELECT DISTINCT ON (h.profile_id, h.programme_key, since) h.profile_id, h.programme_key,
        h.tier_to, (h.business_instant AT TIME ZONE $1::text)::date AS since,
        coalesce((c.erased_at AT TIME ZONE $1::text)::date, 'infinity') AS gone
    FROM tier_history h
    JOIN live_releases l USING (programme_key)
    JOIN customers c ON c.profile_id = h.profile_id AND c.merged_into IS NULL
    {only}
    ORDER BY h.profile_id, h.programme_key, since, h.business_instant DESC, h.decided_at DESC,
        h.history_id DESC
) AS last_words
"""
_CREATE: Final = """
DROP TABLE IF EXISTS kpi_held;
CREATE TEMP TABLE kpi_held (profile_id uuid, programme text, tier text, slice text, since date,
    until date) ON COMMIT DROP
"""
_NOTE: Final = f"""
INSERT INTO kpi_held
SELECT * FROM ({_SEGMENTS.format(only="")}) AS segments WHERE since < until
UNION ALL
SELECT profile_id, NULL, NULL, 'all', '-infinity', 'infinity' FROM customers
WHERE merged_into IS NULL
"""  # noqa: S608 - ours
_BUYERS: Final = """
    SELECT DISTINCT profile_id FROM customer_day WHERE business_date BETWEEN $2 AND $3
"""
#: `WITH` this everybody who bought is in slice `all` only; $1 is not looked at.
BUYERS: Final = f"""
WITH kpi_held AS (
    SELECT profile_id, 'all' AS slice, '-infinity'::date AS since, 'infinity'::date AS until
    FROM ({_BUYERS}) AS buyers WHERE $1::text <> ''
)
"""  # noqa: S608 - ours
#: `WITH` this a statement about a date ($2 to $3) reads kpi_held of those who bought on it.
HELD_BY_BUYERS: Final = f"""
WITH buyers AS ({_BUYERS}), kpi_held AS (
    SELECT * FROM ({
    _SEGMENTS.format(only="WHERE h.profile_id IN (SELECT profile_id FROM buyers)")
}) AS segments
    WHERE since < until
    UNION ALL SELECT profile_id, NULL, NULL, 'all', '-infinity', 'infinity' FROM buyers
)
"""  # noqa: S608 - ours
_PROGRAMMES: Final = """
SELECT l.programme_key, p.is_default, v.document -> 'kind' #>> '{}' AS kind,
    ARRAY(SELECT t ->> 'key' FROM jsonb_array_elements(v.document -> 'tiers') t) AS tiers
FROM live_releases l
JOIN programmes p USING (programme_key)
JOIN releases r ON r.release_id = l.release_id
JOIN programme_versions v ON v.programme_key = l.programme_key AND v.version = r.programme_version
ORDER BY l.programme_key
"""
VALUE: Final = "value"
#: A statement of a round; a pool gives up after what a request may take.
LONGEST_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Ladder:
    """A programme in force and its tiers, the lowest first."""

    programme: str
    is_default: bool
    tiers: tuple[str, ...]


async def note_held(connection: asyncpg.Connection, zone: str) -> None:
    """Make the table `kpi_held` for the rest of the transaction; everybody is in slice `all`."""
    await connection.execute(_CREATE)
    await connection.execute(_NOTE, zone, timeout=LONGEST_S)
    await connection.execute("ANALYZE kpi_held", timeout=LONGEST_S)


async def ladders(connection: asyncpg.Connection | asyncpg.Pool) -> list[Ladder]:
    """List programmes in force; one of them is the default."""
    rows = await connection.fetch(_PROGRAMMES)
    default = _default_of(rows)
    return [
        Ladder(row["programme_key"], row["programme_key"] == default, _upwards(row)) for row in rows
    ]


def _default_of(rows: Sequence[Any]) -> str | None:
    """Name the default: the one marked, else the value programme, else the first."""
    keys = [row["programme_key"] for row in rows]
    marked = [row["programme_key"] for row in rows if row["is_default"]]
    return next(iter(marked or [key for key in keys if key == VALUE] or keys), None)


def _upwards(row: Any) -> tuple[str, ...]:
    # A value programme names its highest class first, a status programme its lowest tier.
    return tuple(reversed(row["tiers"]) if row["kind"] == VALUE else row["tiers"])

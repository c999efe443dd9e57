"""What models said of some customers, and what those customers then spent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from services.scoring.domain.life.drift import SampleRole

#: Kept so long after the horizon has passed.
KEPT_DAYS: Final = 91
_DEFAULT_HORIZON: Final = 91
_MOST_PAIRS: Final = 10_000

# By a hash of the id: the same customers every night, spread evenly over old and new ones.
_SAMPLE = """
SELECT profile_id FROM customers WHERE merged_into IS NULL AND erased_at IS NULL
ORDER BY md5(profile_id::text), profile_id LIMIT $1
"""
# Who is erased meanwhile is not written any more.
_ADD = """
INSERT INTO scored_samples (model_version, business_date, role, profile_id, raw, value, low, high,
    chance, scored_at)
SELECT $1, $2, $3, s.profile_id, s.raw, s.value, s.low, s.high, s.chance, clock_timestamp()
FROM unnest($4::uuid[], $5::float8[], $6::float8[], $7::float8[], $8::float8[], $9::float8[])
    AS s (profile_id, raw, value, low, high, chance)
JOIN customers c ON c.profile_id = s.profile_id AND c.erased_at IS NULL
ORDER BY s.profile_id
ON CONFLICT (profile_id, model_version, business_date)
"""
_KEEP_FIRST = _ADD + "DO NOTHING"
_REPLACE = (
    _ADD
    + """
DO UPDATE SET role = excluded.role, raw = excluded.raw, value = excluded.value,
    low = excluded.low, high = excluded.high, chance = excluded.chance,
    scored_at = excluded.scored_at
"""
)
_PANELS = """
SELECT s.model_version, s.business_date, s.role,
    coalesce((m.manifest ->> 'horizon_days')::int, $1) AS horizon_days,
    (m.manifest -> 'metrics' ->> 'gini')::float8 AS gini
FROM (SELECT DISTINCT model_version, business_date, role FROM scored_samples
    WHERE role = ANY($2::text[])) s
LEFT JOIN models m ON m.model_version = s.model_version
ORDER BY s.business_date DESC, s.role, s.model_version LIMIT 200
"""
_OUTCOMES = """
SELECT s.raw, s.value, s.low, s.high, s.chance, (
    SELECT coalesce(sum(d.net_booked), 0)::float8 FROM customer_day d
    WHERE d.profile_id = s.profile_id AND d.business_date > $2 AND d.business_date <= $3) AS spent
FROM scored_samples s
JOIN customers c ON c.profile_id = s.profile_id AND c.merged_into IS NULL
WHERE s.model_version = $1 AND s.business_date = $2 AND s.role = $4
ORDER BY s.profile_id
"""
_PAIRS = """
WITH newest AS (
    SELECT DISTINCT ON (a.profile_id) a.profile_id, a.business_date,
        a.raw AS a_raw, a.value AS a_value, b.raw AS b_raw, b.value AS b_value
    FROM scored_samples a
    JOIN scored_samples b ON b.profile_id = a.profile_id AND b.business_date = a.business_date
        AND b.model_version = $2
    JOIN customers c ON c.profile_id = a.profile_id AND c.merged_into IS NULL
    WHERE a.model_version = $1 AND a.business_date BETWEEN $3 AND $4
    ORDER BY a.profile_id, a.business_date DESC
), chosen AS (SELECT * FROM newest ORDER BY md5(profile_id::text) LIMIT $5)
SELECT a_raw, a_value, b_raw, b_value, (
    SELECT coalesce(sum(d.net_booked), 0)::float8 FROM customer_day d
    WHERE d.profile_id = chosen.profile_id AND d.business_date > chosen.business_date
        AND d.business_date <= chosen.business_date + $6::int) AS spent
FROM chosen ORDER BY profile_id
"""
_FORGET = """
DELETE FROM scored_samples WHERE ctid = ANY(ARRAY(
    SELECT s.ctid FROM scored_samples s
    LEFT JOIN models m ON m.model_version = s.model_version
    LEFT JOIN customers c ON c.profile_id = s.profile_id
    WHERE c.erased_at IS NOT NULL OR s.business_date < $1::date - $2::int
        - coalesce((m.manifest ->> 'horizon_days')::int, $3)
    LIMIT $4))
"""


class Sample(NamedTuple):
    """What one model said of one customer."""

    profile_id: UUID
    raw: float
    value: float
    low: float
    high: float
    chance: float


@dataclass(frozen=True, slots=True)
class Scored:
    """What one model said on one business date, knowing all of that date."""

    model_version: str
    business_date: date
    role: SampleRole
    samples: Sequence[Sample]


@dataclass(frozen=True, slots=True)
class Panel:
    """A random sample that a model was asked about; `gini` is what its training promised."""

    model_version: str
    business_date: date
    role: SampleRole
    horizon_days: int
    gini: float | None


async def sample_of_base(pool: asyncpg.Pool, *, most: int) -> list[UUID]:
    """Draw customers, always the same ones as far as they are still there."""
    return [row["profile_id"] for row in await pool.fetch(_SAMPLE, most)]


async def add_samples(
    connection: asyncpg.Connection | asyncpg.Pool, scored: Scored, *, replace: bool = False
) -> int:
    """Keep what a model said; a customer's first score of a date stays unless replaced."""
    if not scored.samples:
        return 0
    columns = zip(*scored.samples, strict=True)
    done: str = await connection.execute(
        _REPLACE if replace else _KEEP_FIRST,
        scored.model_version,
        scored.business_date,
        scored.role,
        *columns,
    )
    return int(done.rsplit(" ", 1)[-1])


async def panels(pool: asyncpg.Pool) -> list[Panel]:
    """List the random samples that were asked about, the newest first."""
    roles = [SampleRole.PANEL, SampleRole.PANEL_CHALLENGER]
    return [
        Panel(
            row["model_version"],
            row["business_date"],
            SampleRole(row["role"]),
            row["horizon_days"],
            row["gini"],
        )
        for row in await pool.fetch(_PANELS, _DEFAULT_HORIZON, roles)
    ]


async def outcomes(pool: asyncpg.Pool, panel: Panel, until: date) -> list[tuple[float, ...]]:
    """Read (raw, value, low, high, chance, net spent after the panel's date up to `until`)."""
    rows = await pool.fetch(_OUTCOMES, panel.model_version, panel.business_date, until, panel.role)
    return [tuple(row) for row in rows]


async def pairs(
    pool: asyncpg.Pool, versions: tuple[str, str], between: tuple[date, date], horizon_days: int
) -> list[tuple[float, ...]]:
    """Read each customer's newest pair of scores between two dates, both included.

    Rows of (raw, value of the first model, raw, value of the second, net spent in the horizon).
    """
    rows = await pool.fetch(_PAIRS, *versions, *between, _MOST_PAIRS, horizon_days)
    return [tuple(row) for row in rows]


async def forget_samples(pool: asyncpg.Pool, today: date, *, most: int) -> int:
    """Delete samples KEPT_DAYS after their horizon, and those of the erased; give the count."""
    done: str = await pool.execute(_FORGET, today, KEPT_DAYS, _DEFAULT_HORIZON, most)
    return int(done.rsplit(" ", 1)[-1])

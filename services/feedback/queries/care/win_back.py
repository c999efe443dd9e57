"""Who may be won back, ranked in one statement; weighs as domain/care/win_back.py does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.domain.care.rhythm import CHURNED_RHYTHMS
from services.feedback.domain.care.win_back import (
    AT_RISK_RHYTHMS,
    HALVING_RHYTHMS,
    NEVER_SAID,
    YEAR_DAYS,
    Lost,
)
from services.feedback.queries.care.rhythm import COUNTS, PUBLIC_ID

# What each was offered since $2, and what they took: told as a response, or found by a task. A task
# that made an offer told it as a response too (usecases/care/contact_log.py): it counts once.
# Summed by id before ids are looked up, and only the merged are looked up again: half the time.
_ANSWERS: Final = """
told AS MATERIALIZED (
    SELECT customer_id, count(*) AS asked, count(*) FILTER (WHERE answer = 'accepted') AS accepted
    FROM offer_responses WHERE at > $2 GROUP BY customer_id
), answers AS MATERIALIZED (
    SELECT coalesce(m.merged_into, r.profile_id) AS profile_id, sum(r.asked)::int AS asked,
        sum(r.accepted)::int AS accepted
    FROM (
        SELECT i.profile_id, told.asked, told.accepted FROM told
        JOIN identifiers i ON i.kind = 'customer_id'
            AND i.lookup_key = convert_to(told.customer_id, 'UTF8')
        UNION ALL
        SELECT t.profile_id, 1, (t.outcome = 'accepted')::int FROM tasks t
        WHERE t.state = 'done' AND t.outcome IN ('accepted', 'declined') AND t.closed_at > $2
            AND t.profile_id IS NOT NULL AND NOT EXISTS (SELECT FROM offer_responses o
                WHERE o.customer_id = t.customer_id AND o.sending = 'task:' || t.task_id)
    ) r
    LEFT JOIN customers m ON m.profile_id = r.profile_id AND m.merged_into IS NOT NULL
    GROUP BY 1
)"""
# A churned stage began, and an at-risk one ends, on last order + int(3 rhythms) + 1.
_RHYTHM: Final = f"""
(greatest(coalesce(CASE s.lifecycle WHEN 'churned' THEN s.lifecycle_since ELSE s.lifecycle_until END
    - s.last_orders - 1, 1), 1) / {CHURNED_RHYTHMS}::float8)
"""
# OFFSET 0 keeps a step apart: else each use of a name is worked out anew, for every customer.
_LISTED: Final = f"""
WITH {_ANSWERS}, lost AS (
    SELECT s.profile_id, $1 - s.last_orders AS quiet, {_RHYTHM} AS rhythm, s.days_0, s.spend_0,
        CASE WHEN s.consent_marketing THEN 1 ELSE {NEVER_SAID} END AS consent,
        coalesce(a.asked, 0) AS asked, coalesce(a.accepted, 0) AS accepted
    FROM customer_sheets s LEFT JOIN answers a ON a.profile_id = s.profile_id
    WHERE s.lifecycle IN ('at_risk', 'churned') AND s.last_orders <= $1
        AND s.consent_marketing IS NOT FALSE AND s.spend_0 > 0 AND s.days_0 > 0
        AND ($7::text IS NULL OR NOT EXISTS (SELECT FROM tasks d
            WHERE d.playbook_key = $7 AND d.profile_id = s.profile_id
                AND d.created_at > s.last_orders))
        AND ($8::text IS NULL OR EXISTS (SELECT FROM segment_members m
            WHERE m.profile_id = s.profile_id AND m.segment_key = $8))
    OFFSET 0
), ranked AS (
    SELECT profile_id, asked, accepted,
        least(spend_0::float8 / days_0 * {YEAR_DAYS} / rhythm, spend_0)
        * power(0.5::float8, greatest(quiet / rhythm - {AT_RISK_RHYTHMS}, 0) / {HALVING_RHYTHMS})
        * ((accepted + 1)::float8 / (asked + 2)) * consent AS gain
    FROM lost OFFSET 0
), page AS (
    SELECT * FROM ranked WHERE (gain, profile_id) < ($3, $4::uuid)
    ORDER BY gain DESC, profile_id DESC LIMIT $5
)
SELECT page.gain, page.profile_id, c.profile_id IS NOT NULL AS counts, {PUBLIC_ID}, s.lifecycle,
    s.last_orders AS last_order,
    $1 - s.last_orders AS quiet_days, {_RHYTHM} AS rhythm_days, s.days_0 AS order_days,
    s.spend_0 AS spend, page.asked, page.accepted,
    s.consent_marketing AS has_consent, t.tier_key, d.score
FROM page LEFT JOIN customers c ON c.profile_id = page.profile_id AND {COUNTS}
JOIN customer_sheets s ON s.profile_id = page.profile_id
LEFT JOIN live_releases l ON l.programme_key = $6
LEFT JOIN tier_current t ON t.profile_id = page.profile_id AND t.programme_key = $6
    AND t.release_id = l.release_id
LEFT JOIN LATERAL (
    SELECT max(t.score) AS score FROM live_releases l
    JOIN programmes p ON p.programme_key = l.programme_key AND p.is_default
    JOIN tier_current t ON t.profile_id = page.profile_id
        AND t.programme_key = l.programme_key AND t.release_id = l.release_id
) d ON true
ORDER BY page.gain DESC, page.profile_id DESC
"""  # noqa: S608 - our own words
# Answers of hundreds of thousands are summed and looked up: on disk that takes a third longer.
_WITH_MEMORY: Final = "SET LOCAL jit = off; SET LOCAL work_mem = '64MB'"
_DEFAULT: Final = "SELECT programme_key FROM programmes WHERE is_default"
_IS_THERE: Final = "SELECT EXISTS (SELECT FROM programmes WHERE programme_key = $1)"


@dataclass(frozen=True, slots=True)
class Ranking:
    """Which part of the ranking is asked for: those below a place, with tiers of a programme.

    `without`: a playbook; who has a task of it since their last order is left out. `segment`: only
    its members.
    """

    today: date
    answers_since: datetime
    below: tuple[float, UUID]
    limit: int
    programme: str | None = None
    without: str | None = None
    segment: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody to win back; `score` is scoring's season-free one: 1 is the mean.

    `counts` is False for who was merged or erased since the sheets were written.
    """

    gain: float
    profile_id: UUID
    counts: bool
    customer_id: str | None
    lifecycle: str
    last_order: date
    tier_key: str | None
    score: float | None
    lost: Lost


async def default_programme(connection: asyncpg.Pool | asyncpg.Connection) -> str | None:
    """Name the default programme; None where there is none yet."""
    found: str | None = await connection.fetchval(_DEFAULT)
    return found


async def is_programme(connection: asyncpg.Pool | asyncpg.Connection, key: str) -> bool:
    """Tell whether there is such a programme."""
    return bool(await connection.fetchval(_IS_THERE, key))


async def page_to_win_back(connection: asyncpg.Connection, asked: Ranking) -> list[Listed]:
    """List whom to win back, the largest gain first, from below a place on.

    The caller has a transaction open: memory is asked for until its end.
    """
    await connection.execute(_WITH_MEMORY)
    named = (asked.limit, asked.programme, asked.without, asked.segment)
    rows = await connection.fetch(_LISTED, asked.today, asked.answers_since, *asked.below, *named)
    return _listed(rows)


def _listed(rows: Sequence[asyncpg.Record]) -> list[Listed]:
    names = (
        "quiet_days", "rhythm_days", "order_days", "spend", "asked", "accepted", "has_consent",
    )  # fmt: skip
    return [
        Listed(
            **{name: row[name] for name in _HEAD},
            lost=Lost(**{name: row[name] for name in names}),
        )
        for row in rows
    ]


_HEAD: Final = (
    "gain", "profile_id", "counts", "customer_id", "lifecycle", "last_order", "tier_key", "score",
)  # fmt: skip

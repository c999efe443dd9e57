"""How fast cases were answered and resolved, counted where they are stored."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import asyncpg


def _spread(name: str, expression: str, fraction: str) -> str:
    return f"percentile_cont({fraction}) WITHIN GROUP (ORDER BY {expression}) AS {name}"


def _hours(until: str) -> str:
    return f"extract(epoch FROM {until} - opened_at) / 3600.0"


_SPREADS: Final = ", ".join(
    _spread(f"{name}_{word}", expression, fraction)
    for name, expression in (
        ("response_minutes", "response_minutes"),
        ("response_hours", _hours("first_answered_at")),
        ("resolution_minutes", "resolution_minutes"),
        ("resolution_hours", _hours("resolved_at")),
    )
    for word, fraction in (("median", "0.5"), ("p90", "0.9"))
)
# One pass: the whole, and each tier of each programme. A case that still waits in time says nothing
# about promises yet.
_TIMES: Final = f"""
SELECT grouping(programme_key) = 1 AS is_total, programme_key, tier_key, tier_rank,
    min(tier_name::text)::jsonb AS tier_name,
    count(*) AS cases, count(first_answered_at) AS answered, count(resolved_at) AS resolved,
    coalesce(sum(breaches), 0) AS breaches,
    count(*) FILTER (WHERE first_answered_at <= first_due_at)::float8
        / nullif(count(*) FILTER (WHERE first_answered_at IS NOT NULL OR first_due_at < $3), 0)
        AS within_share,
    count(*) FILTER (WHERE reopenings > 0)::float8 / nullif(count(first_answered_at), 0)
        AS reopened_share,
    {_SPREADS}
FROM cases WHERE opened_at >= $1 AND opened_at < $2
GROUP BY GROUPING SETS ((), (programme_key, tier_key, tier_rank))
ORDER BY is_total DESC, programme_key NULLS LAST, tier_rank DESC NULLS LAST, tier_key
"""  # noqa: S608 - our own expressions


async def times_of(
    pool: asyncpg.Pool, since: datetime, until: datetime, *, now: datetime
) -> list[Mapping[str, Any]]:
    """Count the cases opened in `[since, until)`: the whole first, then tiers from the top down.

    Minutes are working minutes, hours run on; shares lie in 0..1, None where there is nothing.
    Both are counted from when the case was opened: to its first answer, which a reopening leaves,
    and to its last solution. A case reopened and not resolved anew is not resolved.
    """
    return [dict(row) for row in await pool.fetch(_TIMES, since, until, now)]

"""KPIs of one date counted row by row from what was said, answered and offered: to check roll-ups.

One pass in Python, on purpose unlike queries/kpis/flows.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

import asyncpg

from services.feedback.queries.kpis.held import LONGEST_S
from services.feedback.queries.kpis.recount import Fraction, Place

#: $1 zone, $2 date.
_ROWS: Final = """
SELECT kind, rating::bigint, channel, tier_held ->> 'programme', tier_held -> 'tier' ->> 'key'
FROM feedback
WHERE kind IN ('csat', 'nps', 'ces') AND rating IS NOT NULL
    AND (occurred_at AT TIME ZONE $1::text)::date = $2
UNION ALL
SELECT 'first_response_time', response_minutes, channel, programme_key, tier_key
FROM cases
WHERE response_minutes IS NOT NULL AND (first_answered_at AT TIME ZONE $1::text)::date = $2
UNION ALL
SELECT 'survey_response_rate', (answered_at IS NOT NULL)::int, NULL, tier_held ->> 'programme',
    tier_held -> 'tier' ->> 'key'
FROM survey_invitations WHERE (invited_at AT TIME ZONE $1::text)::date = $2
UNION ALL
SELECT 'offer_acceptance', (answer = 'accepted')::int, NULL, programme_key, tier_key
FROM offer_responses WHERE (at AT TIME ZONE $1::text)::date = $2
"""
_WORTH: Final[Mapping[str, Callable[[int], int]]] = {
    "csat": lambda rating: rating >= 4,
    "nps": lambda rating: (rating >= 9) - (rating <= 6),
}


class Row(NamedTuple):
    """What counts in a KPI: a rating, minutes, or 1 for yes."""

    kpi: str
    amount: int
    channel: str | None
    programme: str | None
    tier: str | None


async def recount_said(
    connection: asyncpg.Connection, zone: str, day: date
) -> dict[Place, Fraction]:
    """Count every KPI of what was said, answered and offered on a date, by (kpi, slice)."""
    found = await connection.fetch(_ROWS, zone, day, timeout=LONGEST_S)
    return added_up(Row(*row) for row in found)


def added_up(rows: Iterable[Row]) -> dict[Place, Fraction]:
    """Add rows up by KPI and slice."""
    sums: dict[Place, Fraction] = defaultdict(lambda: (0, 0))
    for row in rows:
        worth = _WORTH.get(row.kpi, int)(row.amount)
        for slice_key in _slices(row):
            numerator, denominator = sums[row.kpi, slice_key]
            sums[row.kpi, slice_key] = (numerator + worth, denominator + 1)
    return dict(sums)


def _slices(row: Row) -> Iterator[str]:
    yield "all"
    if row.channel is not None:
        yield f"channel:{row.channel}"
    if row.programme is not None and row.tier is not None:
        yield f"tier:{row.programme}:{row.tier}"

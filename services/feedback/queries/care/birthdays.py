"""Whose birthday may be near: a coarse net over profiles, in the order of profiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.care.birthdays import BIRTHDAY_PATHS, MONTH_DAY
from services.feedback.queries.care.rhythm import COUNTS, PUBLIC_ID

_TOLD: Final = "coalesce(s.attributes, c.attributes)"
_MONTH_DAYS: Final = ", ".join(
    f"substring(btrim({_TOLD} #>> '{{{','.join(path)}}}') FROM '{MONTH_DAY}')"
    for path in BIRTHDAY_PATHS
)
# $1 holds Gregorian and lunar days alike: which calendar is meant is decided where it is read.
_NEAR: Final = f"""
SELECT c.profile_id, {PUBLIC_ID}, {_TOLD} AS attributes
FROM customers c LEFT JOIN customer_sheets s ON s.profile_id = c.profile_id
WHERE {COUNTS} AND c.profile_id > $2 AND ARRAY[{_MONTH_DAYS}] && $1::text[]
ORDER BY c.profile_id LIMIT $3
"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, and what their profile tells."""

    profile_id: UUID
    customer_id: str | None
    attributes: Mapping[str, Any]


async def birthdays_near(
    connection: asyncpg.Pool | asyncpg.Connection,
    month_days: Sequence[str],
    after: UUID,
    limit: int,
) -> list[Person]:
    """List whose birthday is written with one of these months and days, by any calendar."""
    rows = await connection.fetch(_NEAR, list(month_days), after, limit)
    return [Person(**dict(row)) for row in rows]

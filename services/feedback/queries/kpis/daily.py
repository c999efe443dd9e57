"""Rows of kpi_daily: a KPI of a slice on a business date, as a fraction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

import asyncpg

from services.feedback.domain.kpis.figures import Daily
from services.feedback.domain.kpis.periods import Period
from services.feedback.queries.kpis.costs import COSTS
from services.feedback.queries.kpis.held import LONGEST_S

_COLUMNS: Final = "business_date, kpi_key, slice, numerator, denominator, histogram::text"
_READ: Final = f"""
SELECT {_COLUMNS} FROM kpi_daily
WHERE kpi_key = ANY($1::text[]) AND business_date BETWEEN $2 AND $3
    AND (slice = $4 OR starts_with(slice, $4 || ':'))
ORDER BY kpi_key, slice, business_date
"""  # noqa: S608 - our own column list
_OF_DAY: Final = f"""
SELECT {_COLUMNS} FROM kpi_daily WHERE kpi_key = ANY($1::text[]) AND business_date = $2
"""  # noqa: S608 - our own column list
_DAYS: Final = "SELECT business_date, fingerprint FROM kpi_days"
_LAST: Final = """
SELECT business_date, rolled_up_at FROM kpi_days ORDER BY business_date DESC LIMIT 1
"""
_HAS_FACTS: Final = """
SELECT EXISTS (SELECT FROM customer_day) OR EXISTS (SELECT FROM feedback WHERE rating IS NOT NULL)
    OR EXISTS (SELECT FROM survey_invitations) OR EXISTS (SELECT FROM offer_responses)
"""
_CLEAR: Final = "DELETE FROM kpi_daily WHERE business_date BETWEEN $1 AND $2"
_NOTE: Final = """
INSERT INTO kpi_days (business_date, fingerprint, rolled_up_at)
SELECT day, print, $3 FROM unnest($1::date[], $2::bigint[]) AS d (day, print)
ON CONFLICT (business_date) DO UPDATE
SET fingerprint = excluded.fingerprint, rolled_up_at = excluded.rolled_up_at
"""
#: Raised when a KPI comes to mean something else: no date has the print it was rolled up with, and
#: the next round rolls up all of them. 1: no cost to serve where a shop notes no costs.
MEANING: Final = 1
# Which rows a date has, whatever their order; the bodies of events are not looked at again.
#: $1 zone, $2 the last date, $3 the zone again, $4 decimals of the shop's currency, $5 MEANING.
_PRINTS: Final = f"""
SELECT day, bit_xor(print) AS print FROM (
    SELECT business_date AS day, bit_xor(hash_record_extended(
        ROW(profile_id, orders, net_booked, sales_net, cost, referrals), $5::bigint)) AS print
    FROM customer_day
    WHERE business_date <= $2
        AND (orders <> 0 OR net_booked <> 0 OR cost <> 0 OR referrals <> 0)
    GROUP BY 1
    UNION ALL
    SELECT (occurred_at AT TIME ZONE $1::text)::date, bit_xor(hash_record_extended(
        ROW(feedback_id, kind, rating, channel, tier_held), $5::bigint))
    FROM feedback WHERE rating IS NOT NULL GROUP BY 1
    UNION ALL
    -- links last up to a year, and answers to offers are told late
    SELECT (invited_at AT TIME ZONE $1::text)::date, bit_xor(hash_record_extended(
        ROW(invitation_id, answered_at IS NULL), $5::bigint))
    FROM survey_invitations GROUP BY 1
    UNION ALL
    SELECT (at AT TIME ZONE $1::text)::date, bit_xor(hash_record_extended(
        ROW(response_id, answer, programme_key, tier_key), $5::bigint))
    FROM offer_responses GROUP BY 1
    UNION ALL
    -- costs are told late, go with who is erased, and change with what a benefit is said to cost
    SELECT day, bit_xor(hash_record_extended(ROW(profile_id, cost), $5::bigint))
    FROM (SELECT profile_id, day, sum(cost) AS cost FROM ({COSTS}) c GROUP BY 1, 2) AS costs
    GROUP BY 1
    UNION ALL
    -- who is merged away counts no more, from the first tier they were told
    SELECT (min(h.business_instant) AT TIME ZONE $1::text)::date,
        hash_record_extended(ROW(c.profile_id, c.merged_into), $5::bigint)
    FROM customers c JOIN tier_history h USING (profile_id)
    WHERE c.merged_into IS NOT NULL GROUP BY c.profile_id, c.merged_into
) AS parts WHERE day <= $2 GROUP BY day
"""  # noqa: S608 - ours
_LOCK: Final = "SELECT pg_try_advisory_lock(hashtextextended('tierline:kpis', 0))"
_UNLOCK: Final = "SELECT pg_advisory_unlock(hashtextextended('tierline:kpis', 0))"
_CURRENCY: Final = "SELECT base_currency FROM shop"


async def rows_between(
    connection: asyncpg.Connection | asyncpg.Pool,
    keys: Sequence[str],
    slice_key: str,
    dates: Period,
) -> list[Daily]:
    """List rows of a slice (`tier`: of every tier), by key, slice and date."""
    rows = await connection.fetch(_READ, keys, dates.first, dates.last, slice_key)
    return [daily_of(row) for row in rows]


async def rows_of_day(
    connection: asyncpg.Connection, keys: Sequence[str], day: date
) -> list[Daily]:
    """List rows of a date, of every slice."""
    return [daily_of(row) for row in await connection.fetch(_OF_DAY, keys, day)]


def daily_of(row: asyncpg.Record) -> Daily:
    """Read (date, kpi, slice, numerator, denominator, histogram as text)."""
    counts = None if row[5] is None else json.loads(row[5])
    histogram = None if counts is None else {int(value): int(n) for value, n in counts.items()}
    return Daily(row[0], row[1], row[2], int(row[3]), int(row[4]), histogram)


async def last_rolled_up(
    connection: asyncpg.Connection | asyncpg.Pool,
) -> tuple[date, datetime] | None:
    """Tell the last date that was rolled up, and when."""
    row = await connection.fetchrow(_LAST)
    return None if row is None else (row[0], row[1])


async def has_facts(pool: asyncpg.Pool) -> bool:
    """Tell whether there is anything to roll up at all."""
    return bool(await pool.fetchval(_HAS_FACTS))


async def prints_then(connection: asyncpg.Connection) -> dict[date, int]:
    """Tell what each date's facts were when it was rolled up."""
    return {row[0]: row[1] for row in await connection.fetch(_DAYS)}


async def prints_now(
    connection: asyncpg.Connection, zone: str, last: date, decimals: int, meaning: int = MEANING
) -> dict[date, int]:
    """Take the prints of the facts of all dates up to one; dates without facts are left out.

    `decimals` are those of the shop's currency.
    """
    rows = await connection.fetch(_PRINTS, zone, last, zone, decimals, meaning, timeout=LONGEST_S)
    return {row[0]: row[1] for row in rows}


async def clear(connection: asyncpg.Connection, first: date, last: date) -> None:
    """Take away what was rolled up for some dates."""
    await connection.execute(_CLEAR, first, last, timeout=LONGEST_S)


async def note_prints(
    connection: asyncpg.Connection, prints: Mapping[date, int], at: datetime
) -> None:
    """Note what dates were rolled up from."""
    await connection.execute(_NOTE, list(prints), list(prints.values()), at)


async def try_to_begin(connection: asyncpg.Connection) -> bool:
    """Take the lock of whoever rolls up; tell whether it was free."""
    return bool(await connection.fetchval(_LOCK))


async def end(connection: asyncpg.Connection) -> None:
    """Give the lock back; a connection that is lost has given it back."""
    if not connection.is_closed():
        await connection.fetchval(_UNLOCK)


async def events_so_far(pool: asyncpg.Pool) -> int:
    """Tell how many events were ever taken in, about."""
    return int(await pool.fetchval("SELECT last_value FROM event_sequence"))


async def currency_of(connection: asyncpg.Connection | asyncpg.Pool) -> str | None:
    """Tell the shop's currency; None before its first receipt."""
    found: str | None = await connection.fetchval(_CURRENCY)
    return found

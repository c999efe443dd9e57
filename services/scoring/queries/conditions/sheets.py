"""Keep one narrow row of sums a customer: days of a whole base take too long to read.

One statement fills some or all, whatever has changed: facts, consents, or the business date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product, starmap
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.domain.conditions.vocabulary import METRICS, PURPOSES
from services.scoring.domain.days import BEHAVIOUR_COLUMNS
from services.scoring.queries.people.consents import LAST_WORD
from shared.schema.segments import SHEET_COUNTS, SHEET_LASTS, SHEET_SUMS, SHEET_WINDOWS

_MARGIN: Final = "net_booked - cost"
_DAYS: Final = "(orders > 0)::int"
#: Metric of a sheet -> what is summed over the rows of `customer_day`.
SUMMED: Final = {
    name: _MARGIN if name == "margin" else _DAYS if name == "days" else str(METRICS[name][0])
    for name in (*SHEET_SUMS, *SHEET_COUNTS)
}


def summed(name: str) -> str:
    """Write what a metric sums, blank where consent to personalisation was withdrawn."""
    if SUMMED[name] in BEHAVIOUR_COLUMNS:
        return f"CASE WHEN p.is_masked THEN 0 ELSE d.{SUMMED[name]} END"
    parts = ("net_booked", "cost", "orders") if name in ("margin", "days") else (SUMMED[name],)
    text = SUMMED[name]
    for part in parts:
        text = text.replace(part, f"d.{part}")
    return text


def _last(name: str) -> str:
    mask = " AND NOT p.is_masked" if SUMMED[name] in BEHAVIOUR_COLUMNS else ""
    return f"max(d.business_date) FILTER (WHERE d.{SUMMED[name]} > 0{mask}) AS last_{name}"


#: Ages in days at which a row leaves a window; the rows in between fall into one bucket.
_EDGES: Final = SHEET_WINDOWS[1:]
_BUCKET: Final = " ".join(
    f"WHEN d.business_date > $2::date - {edge} THEN {edge}" for edge in _EDGES
)
_LASTS: Final = tuple(f"last_{name}" for name in SHEET_LASTS)


def _window(name: str, days: int) -> str:
    kind = "bigint" if name in SHEET_SUMS else "int"
    inside = f" FILTER (WHERE bucket <= {days})" if days else ""
    return f"nullif(sum({name}){inside}, 0)::{kind} AS {name}_{days}"


_WINDOWS: Final = tuple(
    f"{name}_{days}" for name, days in product((*SHEET_SUMS, *SHEET_COUNTS), SHEET_WINDOWS)
)
_CONSENTS: Final = tuple(f"consent_{purpose}" for purpose in PURPOSES)
_COLUMNS: Final = (*_CONSENTS, *_LASTS, *_WINDOWS, "categories_0", "attributes")
# Who was merged into somebody still has their consents, events and attributes of their own.
_PEOPLE: Final = f"""
asked AS (
    SELECT profile_id, version, attributes FROM customers
    WHERE profile_id = ANY($1::uuid[]) AND merged_into IS NULL AND erased_at IS NULL
), others AS (
    SELECT m.profile_id, m.merged_into AS root, m.customer_id, m.attributes
    FROM customers m JOIN asked a ON a.profile_id = m.merged_into
), people AS (
    SELECT profile_id, profile_id AS root FROM asked UNION ALL SELECT profile_id, root FROM others
), words AS (
    SELECT DISTINCT ON (p.root, g.purpose) p.root, g.purpose, g.is_granted
    FROM people p JOIN consents g ON g.profile_id = p.profile_id
    LEFT JOIN events e ON e.profile_id = g.profile_id AND e.sequence = g.sequence
    ORDER BY p.root, g.purpose, {LAST_WORD}
), said AS (
    SELECT root, {
    ", ".join(
        f"bool_or(is_granted) FILTER (WHERE purpose = '{p}') AS consent_{p}" for p in PURPOSES
    )
}
    FROM words GROUP BY root
), told AS (
    SELECT o.root, jsonb_object_agg(t.key, t.value ORDER BY o.customer_id, o.profile_id)
        AS attributes
    FROM others o CROSS JOIN LATERAL jsonb_each(o.attributes) AS t GROUP BY o.root
), person AS (
    SELECT a.profile_id, a.version, coalesce(NOT s.consent_personalisation, false) AS is_masked,
        {", ".join(f"s.{name}" for name in _CONSENTS)}, t.attributes || a.attributes AS attributes
    FROM asked a LEFT JOIN said s ON s.root = a.profile_id
    LEFT JOIN told t ON t.root = a.profile_id
)"""  # noqa: S608 - our own words
# Days are summed by age first: a row is looked at once, not once for each window.
_FILL: Final = f"""
WITH {_PEOPLE}, aged AS (
    SELECT d.profile_id, CASE {_BUCKET} ELSE 100000 END AS bucket,
        {", ".join(f"sum({summed(name)}) AS {name}" for name in (*SHEET_SUMS, *SHEET_COUNTS))},
        {", ".join(map(_last, SHEET_LASTS))}
    FROM customer_day d JOIN person p ON p.profile_id = d.profile_id
    WHERE d.profile_id = ANY($1::uuid[]) AND d.business_date <= $2 GROUP BY 1, 2
), summed AS (
    SELECT profile_id,
        {", ".join(f"max({name}) AS {name}" for name in _LASTS)},
        {", ".join(starmap(_window, product((*SHEET_SUMS, *SHEET_COUNTS), SHEET_WINDOWS)))}
    FROM aged GROUP BY profile_id
), goods AS (
    SELECT o.profile_id, count(DISTINCT l.category) AS categories_0
    FROM orders o JOIN order_lines l USING (profile_id, order_key)
    WHERE o.profile_id = ANY($1::uuid[]) AND NOT o.is_void AND o.business_date <= $2
    GROUP BY o.profile_id
)
INSERT INTO customer_sheets AS s
    (profile_id, version, business_date, is_masked, {", ".join(_COLUMNS)})
SELECT p.profile_id, p.version, $2, p.is_masked, {", ".join(_COLUMNS)}
FROM person p LEFT JOIN summed USING (profile_id) LEFT JOIN goods USING (profile_id)
ORDER BY p.profile_id
ON CONFLICT (profile_id) DO UPDATE SET
    version = excluded.version, business_date = excluded.business_date,
    is_masked = excluded.is_masked,
    {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)},
    lifecycle = CASE WHEN s.version = excluded.version AND s.business_date <= excluded.business_date
        AND coalesce(s.lifecycle_until > excluded.business_date, true) THEN s.lifecycle END
WHERE s.version <= excluded.version
RETURNING profile_id, lifecycle IS NULL AS asks_life
"""  # noqa: S608 - our own column names
_ORDER_DATES: Final = """
SELECT profile_id, array_agg(business_date ORDER BY business_date) AS dates
FROM customer_day WHERE profile_id = ANY($1::uuid[]) AND business_date <= $2 AND orders > 0
GROUP BY profile_id
"""
_SET_LIFE: Final = """
UPDATE customer_sheets s SET lifecycle = g.stage, lifecycle_since = g.since,
    lifecycle_until = g.until
FROM unnest($1::uuid[], $2::text[], $3::date[], $4::date[]) AS g (profile_id, stage, since, until)
WHERE s.profile_id = g.profile_id AND s.business_date = $5
"""


@dataclass(frozen=True, slots=True)
class Life:
    """The stage of a customer's life, since when, and when it changes if nothing happens."""

    profile_id: UUID
    stage: str
    since: date | None
    until: date | None


async def fill_sheets(
    connection: asyncpg.Connection, profile_ids: Sequence[UUID], today: date
) -> list[UUID]:
    """Write the sheets of customers as of a business date; gives those whose life is to be told.

    Who was merged into another or erased gets none.
    """
    rows = await connection.fetch(_FILL, profile_ids, today)
    return [row["profile_id"] for row in rows if row["asks_life"]]


async def order_dates_of(
    connection: asyncpg.Connection, profile_ids: Sequence[UUID], today: date
) -> dict[UUID, list[date]]:
    """List the dates with an order of each customer, rising, up to today."""
    rows = await connection.fetch(_ORDER_DATES, profile_ids, today)
    return {row["profile_id"]: row["dates"] for row in rows}


async def set_lives(connection: asyncpg.Connection, lives: Sequence[Life], today: date) -> None:
    """Write the stages of life beside the sums."""
    if lives:
        columns = zip(
            *((each.profile_id, each.stage, each.since, each.until) for each in lives), strict=True
        )
        await connection.execute(_SET_LIFE, *map(list, columns), today)

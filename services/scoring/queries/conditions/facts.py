"""Read what the conditions of some customers are decided from, all of one snapshot."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.scoring.domain.conditions.facts import CustomerFacts, Days, HeldTier, Sale
from services.scoring.domain.conditions.needs import Needs
from services.scoring.domain.conditions.vocabulary import METRICS, PURPOSES
from services.scoring.domain.days import day_number
from services.scoring.queries.conditions.standings import RELEASES

_FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)
_SUMMED: Final = sorted({column for column, _ in METRICS.values() if column} | {"cost"})
_PEOPLE: Final = f"""
SELECT c.profile_id, c.customer_id, c.version, coalesce(k.control_version, 0) AS control_version,
    coalesce(s.attributes, c.attributes)::text AS attributes,
    {", ".join(f"s.consent_{purpose}" for purpose in PURPOSES)},
    s.version AS summed_version, s.business_date AS summed_on, st.version AS decided_version,
    st.control_version AS decided_control_version, st.business_date AS decided_on, st.releases,
    st.fresh_until, st.score, st.tiers, {RELEASES} AS live, d.*
FROM customers c
LEFT JOIN customer_controls k ON k.profile_id = c.profile_id
JOIN customer_sheets s ON s.profile_id = c.profile_id
LEFT JOIN customer_standings st ON st.profile_id = c.profile_id
LEFT JOIN LATERAL (
    SELECT array_agg(business_date - DATE '1970-01-01' ORDER BY business_date) AS day_numbers,
        {", ".join(f"array_agg({name} ORDER BY business_date) AS {name}" for name in _SUMMED)}
    FROM customer_day WHERE profile_id = c.profile_id AND business_date <= $2
) d ON true
WHERE c.profile_id = ANY($1::uuid[]) AND c.merged_into IS NULL AND c.erased_at IS NULL
ORDER BY c.profile_id
"""  # noqa: S608 - our own column names
_SALES: Final = """
SELECT o.profile_id, o.business_date, o.channel, o.store_id,
    array_agg(l.category) FILTER (WHERE l.sku IS NOT NULL) AS categories,
    array_agg(l.sku) FILTER (WHERE l.sku IS NOT NULL) AS skus
FROM orders o LEFT JOIN order_lines l USING (profile_id, order_key)
WHERE o.profile_id = ANY($1::uuid[]) AND NOT o.is_void AND o.business_date <= $2
GROUP BY o.profile_id, o.order_key, o.business_date, o.channel, o.store_id
"""
_EVENTS: Final = """
SELECT coalesce(m.merged_into, m.profile_id) AS profile_id, e.kind, e.business_date
FROM customers m JOIN events e ON e.profile_id = m.profile_id
WHERE (m.profile_id = ANY($1::uuid[]) OR m.merged_into = ANY($1::uuid[]))
    AND e.kind = ANY($3::text[]) AND e.business_date <= $2
"""


@dataclass(frozen=True, slots=True)
class Basis:
    """What memberships rest on: versions of facts and controls, date, releases, and until when."""

    version: int
    control_version: int
    business_date: date
    releases: bytes
    fresh_until: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """One customer's facts, with what they rest on; `is_fresh`: nothing is newer."""

    customer_id: str | None
    facts: CustomerFacts
    basis: Basis
    is_fresh: bool


async def read_known(
    pool: asyncpg.Pool, profile_ids: Sequence[UUID], today: date, needs: Needs
) -> list[Known]:
    """Read customers who have a sheet, in the order of their profiles."""
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        people = await connection.fetch(_PEOPLE, profile_ids, today)
        sales = await _sales(connection, profile_ids, today) if needs.sales else {}
        events: Mapping[UUID, Mapping[str, list[int]]] = {}
        if needs.events:
            events = await _events(connection, profile_ids, today, sorted(needs.events))
    return [_known(row, today, needs, (sales, events)) for row in people]


async def _sales(
    connection: asyncpg.Connection, profile_ids: Sequence[UUID], today: date
) -> Mapping[UUID, list[Sale]]:
    found: dict[UUID, list[Sale]] = defaultdict(list)
    for row in await connection.fetch(_SALES, profile_ids, today):
        goods = frozenset(zip(row["categories"] or (), row["skus"] or (), strict=True))
        day = day_number(row["business_date"])
        found[row["profile_id"]].append(Sale(day, row["channel"], row["store_id"], goods))
    return found


async def _events(
    connection: asyncpg.Connection, profile_ids: Sequence[UUID], today: date, kinds: list[str]
) -> Mapping[UUID, Mapping[str, list[int]]]:
    found: dict[UUID, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in await connection.fetch(_EVENTS, profile_ids, today, kinds):
        found[row["profile_id"]][row["kind"]].append(day_number(row["business_date"]))
    return found


_Happened = tuple[Mapping[UUID, Sequence[Sale]], Mapping[UUID, Mapping[str, Sequence[int]]]]


def _known(row: asyncpg.Record, today: date, needs: Needs, happened: _Happened) -> Known:
    profile_id = row["profile_id"]
    sales, events = happened
    facts = CustomerFacts(
        profile_id=profile_id,
        today=today,
        days=Days(row["day_numbers"] or (), {name: row[name] or () for name in _SUMMED}),
        # numbers as they were written: a float is not what Postgres compares
        attributes=json.loads(row["attributes"], parse_float=Decimal, parse_int=Decimal),
        sales=sales.get(profile_id, ()),
        events=events.get(profile_id, {}),
        score=row["score"],
        tiers=_tiers(row["tiers"] or {}),
        consents={p: row[f"consent_{p}"] for p in PURPOSES if row[f"consent_{p}"] is not None},
    )
    basis = _basis(row, needs)
    versions = (row["version"], row["control_version"], today)
    is_fresh = (basis.version, basis.control_version, basis.business_date) == versions
    return Known(row["customer_id"], facts, basis, is_fresh)


def _basis(row: asyncpg.Record, needs: Needs) -> Basis:
    """Say what the facts rest on: tiers only count where they are asked for."""
    version, day = row["summed_version"], row["summed_on"]
    if not needs.standing:
        return Basis(version, row["control_version"], day, row["live"], _FOR_EVER)
    if row["decided_version"] is None:
        return Basis(-1, -1, day, row["live"], _FOR_EVER)
    return Basis(
        min(version, row["decided_version"]),
        row["decided_control_version"],
        min(day, row["decided_on"]),
        row["releases"],
        row["fresh_until"],
    )


def _tiers(stored: Mapping[str, Sequence[Any]]) -> dict[str, HeldTier]:
    return {
        programme: HeldTier(key, date.fromisoformat(since))
        for programme, (key, since) in stored.items()
        if key is not None
    }

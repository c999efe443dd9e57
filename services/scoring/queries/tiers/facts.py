"""Read everything decisions rest on in one statement: versions, facts and what is stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import asyncpg
import numpy as np

from services.scoring.domain.days import (
    BEHAVIOUR_COLUMNS,
    CustomerDays,
    mask_behaviour,
    pack_days,
)
from services.scoring.domain.features import VALUE_COLUMNS, columns_of
from services.scoring.domain.tiers.decision import Basis, Customer, StoredDecision, Versions
from services.scoring.domain.tiers.standing import Standing
from services.scoring.domain.tiers.timeline import Course, OrderMoments
from services.scoring.queries.people.consents import WITHDRAWAL
from services.scoring.queries.tiers.status_facts import CONTROLS, controls_of

#: The columns of `customer_day` that the value model's features are made of.
DAY_COLUMNS: Final = columns_of(VALUE_COLUMNS)


#: When the orders of each date took effect, since the release's date.
_MOMENTS: Final = """
LEFT JOIN LATERAL (
    SELECT array_agg(business_date) AS order_dates, array_agg(first_at) AS first_at,
        array_agg(last_at) AS last_at
    FROM (
        SELECT business_date, min(effective_at) AS first_at, max(effective_at) AS last_at
        FROM orders WHERE profile_id = c.profile_id AND NOT is_void
            AND business_date BETWEEN l.reference_date AND $3
        GROUP BY business_date
    ) per_date
) o ON true
"""
_HELD: Final = """
LEFT JOIN LATERAL (
    SELECT array_agg(ROW(sort, id, word, tier_key, starts_at, ends_at)) AS controls
    FROM controls WHERE owner = c.profile_id
) x ON true
"""
#: (day number, category) of what customers bought, on the days up to $3.
_CATEGORIES: Final = """
LEFT JOIN LATERAL (
    SELECT array_agg(day_number ORDER BY day_number, category) AS category_days,
        array_agg(category ORDER BY day_number, category) AS category_names
    FROM (
        SELECT DISTINCT b.business_date - DATE '1970-01-01' AS day_number, i.category
        FROM orders b JOIN order_lines i USING (profile_id, order_key)
        WHERE b.profile_id = c.profile_id AND NOT b.is_void AND b.business_date <= $3
            AND i.category IS NOT NULL
    ) bought
) y ON true
"""


@lru_cache(maxsize=16)
def _read(columns: tuple[str, ...], *, with_categories: bool) -> str:
    """Write the statement that reads these columns; consent is asked for where it matters."""
    arrays = "".join(f", array_agg({name} ORDER BY business_date) AS {name}" for name in columns)
    asks = needs_consent(columns)
    return f"""
WITH controls AS MATERIALIZED ({CONTROLS})
SELECT c.profile_id, c.customer_id, c.version, coalesce(k.control_version, 0) AS control_version,
    l.release_id, l.levels_seen,
    t.release_id AS t_release, t.decided_version, t.business_date, t.rank, t.score, t.since,
    t.state, t.level_date,
    h.tier_to, h.release_id AS h_release,
    d.day_numbers{"".join(f", d.{name}" for name in columns)},
    o.order_dates, o.first_at, o.last_at{", g.is_withdrawn" if asks else ""}, x.controls
    {", y.category_days, y.category_names" if with_categories else ""}
FROM unnest($1::uuid[]) WITH ORDINALITY AS a (profile_id, place)
JOIN customers c ON c.profile_id = a.profile_id
LEFT JOIN LATERAL (
    SELECT r.release_id, r.reference_date, (
        SELECT count(*) FROM base_levels b WHERE b.model_version = r.model_version
            AND b.business_date <= $3) AS levels_seen
    FROM live_releases v JOIN releases r ON r.release_id = v.release_id
    WHERE v.programme_key = $2
) l ON true
LEFT JOIN customer_controls k ON k.profile_id = c.profile_id
LEFT JOIN tier_current t ON t.profile_id = c.profile_id AND t.programme_key = $2
    AND t.release_id = l.release_id
LEFT JOIN LATERAL (
    SELECT tier_to, release_id FROM tier_history
    WHERE profile_id = c.profile_id AND programme_key = $2
    ORDER BY decided_at DESC, history_id DESC LIMIT 1
) h ON true
LEFT JOIN LATERAL (
    SELECT array_agg(business_date - DATE '1970-01-01' ORDER BY business_date) AS day_numbers
        {arrays}
    FROM customer_day WHERE profile_id = c.profile_id AND business_date <= $3
) d ON true
{_MOMENTS}{_HELD}{_CATEGORIES if with_categories else ""}
{WITHDRAWAL if asks else ""}ORDER BY a.place
"""  # noqa: S608 - our own column names


def needs_consent(columns: Collection[str]) -> bool:
    """Say whether columns of `customer_day` tell what somebody does besides buying."""
    return not set(BEHAVIOUR_COLUMNS).isdisjoint(columns)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Customers with their days, and the release that was live, all of one instant."""

    customers: list[Customer]
    days: CustomerDays
    release_id: int | None
    levels_seen: int


async def read_snapshot(  # noqa: PLR0913 - who, and what of them
    pool: asyncpg.Pool,
    profile_ids: Sequence[UUID],
    programme: str,
    today: date,
    *,
    columns: tuple[str, ...] = DAY_COLUMNS,
    with_categories: bool = False,
) -> Snapshot:
    """Read customers (known ones, in the order asked) as of now, seeing nothing after today.

    Behaviour of who withdrew their consent to personalisation is blank.
    """
    statement = _read(columns, with_categories=with_categories)
    rows = await pool.fetch(statement, profile_ids, programme, today)
    return Snapshot(
        customers=[_customer(row, with_categories=with_categories) for row in rows],
        days=_pack(rows, columns),
        release_id=rows[0]["release_id"] if rows else None,
        levels_seen=(rows[0]["levels_seen"] or 0) if rows else 0,
    )


def _customer(row: asyncpg.Record, *, with_categories: bool) -> Customer:
    moments = zip(
        row["order_dates"] or (), row["first_at"] or (), row["last_at"] or (), strict=True
    )
    pins, grants = controls_of(row["controls"] or ())
    return Customer(
        profile_id=row["profile_id"],
        customer_id=row["customer_id"],
        versions=Versions(row["version"], row["control_version"]),
        moments={day: OrderMoments(first, last) for day, first, last in moments},
        stored=stored_decision(row),
        stored_sum=None if row["t_release"] is None else row["state"]["changes"],
        last_told=None if row["tier_to"] is None else (row["tier_to"], row["h_release"]),
        pins=tuple(pins),
        grants=tuple(grants),
        categories=_categories(row) if with_categories else (),
    )


def _categories(row: asyncpg.Record) -> tuple[tuple[int, str], ...]:
    days, names = row["category_days"] or (), row["category_names"] or ()
    return tuple(zip(days, names, strict=True))


def stored_decision(row: asyncpg.Record) -> StoredDecision | None:
    """Read back what `tier_current` keeps for the next date; None where nothing was scored."""
    if row["t_release"] is None or row["score"] is None:
        return None
    state: dict[str, Any] = row["state"]
    if "earned" in state:  # what is shown is not what is earned
        return None
    standing = Standing(row["rank"], state["below"], state.get("mark", row["score"]))
    return StoredDecision(
        basis=Basis(row["decided_version"], row["t_release"], state["levels"]),
        course=Course(row["business_date"], standing, row["since"], ()),
        changes_sum=state["changes"],
    )


def _pack(rows: Sequence[asyncpg.Record], names: tuple[str, ...]) -> CustomerDays:
    numbers = [row["day_numbers"] or () for row in rows]
    offsets = np.concatenate(([0], np.cumsum([len(each) for each in numbers], dtype=np.int64)))
    columns = {name: _joined(row[name] or () for row in rows) for name in names}
    days = pack_days(offsets, _joined(numbers), **columns)
    if not needs_consent(names):
        return days
    return mask_behaviour(days, np.array([bool(row["is_withdrawn"]) for row in rows], dtype=bool))


def _joined(lists: Iterable[Sequence[int]]) -> np.typing.NDArray[np.int64]:
    return np.array([value for values in lists for value in values], dtype=np.int64)

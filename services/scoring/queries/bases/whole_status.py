"""Read a range of customers in chunks for a status release, all of one snapshot."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.scoring.domain.status.counting import EntryRow
from services.scoring.domain.status.decision import StatusCustomer
from services.scoring.domain.status.engine.history import Grant, Pin
from services.scoring.domain.tiers.decision import Versions
from services.scoring.domain.tiers.inputs import order_days_of
from services.scoring.queries.bases.whole_days import IdRange, read_days
from services.scoring.queries.bases.whole_entries import read_entries
from services.scoring.queries.tiers.status_facts import CONTROLS, controls_of, enrolment

CHUNK: Final = 2_000
_PEOPLE: Final = """
SELECT c.profile_id, c.customer_id, c.version, coalesce(k.control_version, 0) AS control_version,
    c.attributes ->> 'enrolled_at' AS enrolled_at, t.state ->> 'warned' AS warned
FROM customers c
LEFT JOIN customer_controls k ON k.profile_id = c.profile_id
LEFT JOIN tier_current t ON t.profile_id = c.profile_id AND t.programme_key = $3
    AND t.release_id = (SELECT release_id FROM live_releases WHERE programme_key = $3)
WHERE c.profile_id > $1 AND c.profile_id <= $2 AND c.merged_into IS NULL
ORDER BY c.profile_id
"""
# Between two chunks customers are decided: on a busy machine longer than a session may be idle.
_BE_PATIENT: Final = "SET LOCAL idle_in_transaction_session_timeout = 0"
# A cursor is planned for its first rows, unless it is said that all will be read.
_READ_ALL: Final = "SET LOCAL cursor_tuple_fraction = 1"
Controls = Mapping[UUID, tuple[list[Pin], list[Grant]]]


@dataclass(frozen=True, slots=True)
class StatusChunk:
    """Some customers, and of which fall each was told by the release that was live."""

    customers: list[StatusCustomer]
    warned: list[datetime | None]


async def read_status_range(
    connection: asyncpg.Connection,
    ids: IdRange,
    programme: str,
    today: date,
    *,
    chunk: int = CHUNK,
) -> AsyncGenerator[StatusChunk]:
    """Read every customer of a range that is not merged away, in the order of their ids."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute(_BE_PATIENT)
        days = await read_days(connection, ids, today, ("orders",))
        entries = await read_entries(connection, ids)
        await connection.execute(_READ_ALL)
        people = await connection.cursor(_PEOPLE, ids.after, ids.until, programme)
        place = 0
        while rows := await people.fetch(chunk):
            stop = place + len(rows)
            controls = await _controls(connection, rows, programme)
            order_days = order_days_of(days.of(place, stop), today)
            found = zip(rows, entries.of(place, stop), order_days, strict=True)
            yield StatusChunk(
                [_customer(row, owned, bought, controls) for row, owned, bought in found],
                [_instant(row["warned"]) for row in rows],
            )
            place = stop


def _customer(
    row: asyncpg.Record, rows: list[EntryRow], order_days: list[date], controls: Controls
) -> StatusCustomer:
    pins, grants = controls.get(row["profile_id"], ((), ()))
    return StatusCustomer(
        profile_id=row["profile_id"],
        customer_id=row["customer_id"],
        versions=Versions(row["version"], row["control_version"]),
        enrolled_at=enrolment(row["enrolled_at"]),
        rows=rows,
        pins=pins,
        grants=grants,
        order_days=order_days,
    )


async def _controls(
    connection: asyncpg.Connection, people: Sequence[asyncpg.Record], programme: str
) -> Controls:
    listed: dict[UUID, list[Any]] = {}
    for row in await connection.fetch(CONTROLS, [each["profile_id"] for each in people], programme):
        owner, *control = row.values()
        listed.setdefault(owner, []).append(control)
    return {owner: controls_of(rows) for owner, rows in listed.items()}


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

"""Statements over `tier_labels`: what people decided about disputed tiers, and their pins."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.domain.cases.case import Case


@dataclass(frozen=True, slots=True)
class TierLabel:
    """A row of `tier_labels`."""

    label_id: UUID
    case_id: UUID
    #: how often the case had been reopened by then
    round: int
    customer_id: str | None
    programme_key: str
    tier_held: str | None
    tier_judged: str
    decision: str
    reason: str
    decided_by: str
    decided_at: datetime
    ends_at: datetime | None
    pin_state: str
    #: scoring may have made it, even if nobody heard the answer
    is_pin_asked: bool = False
    pin_id: UUID | None = None
    pin_detail: str | None = None


_COLUMNS: Final = tuple(field.name for field in fields(TierLabel))
_LIST: Final = ", ".join(_COLUMNS)
_VALUES: Final = ", ".join(f"${number}" for number in range(1, len(_COLUMNS) + 1))
_ADD: Final = f"INSERT INTO tier_labels ({_LIST}) VALUES ({_VALUES})"  # noqa: S608 - our own list
_OF_CASE: Final = f"""
SELECT {_LIST} FROM tier_labels WHERE case_id = $1 ORDER BY label_id DESC LIMIT 50
"""  # noqa: S608 - as above
_ONE: Final = f"SELECT {_LIST} FROM tier_labels WHERE label_id = $1"  # noqa: S608 - as above
_IS_DECIDED: Final = "SELECT EXISTS (SELECT FROM tier_labels WHERE case_id = $1 AND round = $2)"
# A pin that was asked for and not made yet is told by what the worker finds later.
_SUPERSEDE: Final = """
UPDATE tier_labels SET pin_state = 'ending'
WHERE case_id = $1 AND pin_state IN ('pending', 'made') RETURNING label_id
"""
_ASKED: Final = """
UPDATE tier_labels SET is_pin_asked = true WHERE label_id = $1 AND pin_state = 'pending'
RETURNING label_id
"""
_PIN_KNOWN: Final = "UPDATE tier_labels SET pin_id = $2 WHERE label_id = $1"
_SETTLE: Final = """
UPDATE tier_labels SET pin_state = $3, pin_id = coalesce($4, pin_id), pin_detail = $5
WHERE label_id = $1 AND pin_state = $2 RETURNING label_id
"""
# Programmes of status list their tiers from the lowest up, those of value from the highest down.
_LADDER: Final = """
SELECT document ->> 'kind' = 'status' AS is_up,
    ARRAY(SELECT tier ->> 'key' FROM jsonb_array_elements(document -> 'tiers') AS tier) AS keys
FROM programme_versions WHERE programme_key = $1 AND status = 'published'
ORDER BY version DESC LIMIT 1
"""
_HELD: Final = """
SELECT tier_key FROM tier_current JOIN live_releases USING (programme_key, release_id)
WHERE programme_key = $1 AND profile_id = $2
"""


async def add_label(connection: asyncpg.Connection, label: TierLabel) -> None:
    """Keep a decision."""
    await connection.execute(_ADD, *(getattr(label, name) for name in _COLUMNS))


async def labels_of(
    connection: asyncpg.Connection | asyncpg.Pool, case_id: UUID
) -> list[TierLabel]:
    """List the decisions of a case, the newest first."""
    return [TierLabel(**dict(row)) for row in await connection.fetch(_OF_CASE, case_id)]


async def find_label(
    connection: asyncpg.Connection | asyncpg.Pool, label_id: UUID
) -> TierLabel | None:
    """Find a decision."""
    row = await connection.fetchrow(_ONE, label_id)
    return None if row is None else TierLabel(**dict(row))


async def is_decided(connection: asyncpg.Connection, case: Case) -> bool:
    """Tell whether a dispute was decided since it was opened, or reopened last."""
    return bool(await connection.fetchval(_IS_DECIDED, case.case_id, case.reopenings))


async def supersede(connection: asyncpg.Connection, case_id: UUID) -> list[UUID]:
    """Have the pins of earlier decisions about a case taken back; names those decisions."""
    return [row[0] for row in await connection.fetch(_SUPERSEDE, case_id)]


async def note_asking(pool: asyncpg.Pool, label_id: UUID) -> bool:
    """Note that scoring is about to be asked for a pin; False when it is not wanted any more."""
    return await pool.fetchval(_ASKED, label_id) is not None


async def note_pin(pool: asyncpg.Pool, label_id: UUID, pin_id: UUID) -> None:
    """Note which pin scoring made for a decision."""
    await pool.execute(_PIN_KNOWN, label_id, pin_id)


async def settle_pin(
    pool: asyncpg.Pool,
    label: TierLabel,
    state: str,
    *,
    pin_id: UUID | None = None,
    detail: str | None = None,
) -> bool:
    """Note what became of a pin; False when the decision was superseded in the meantime."""
    found = await pool.fetchval(_SETTLE, label.label_id, label.pin_state, state, pin_id, detail)
    return found is not None


async def ladder_of(
    connection: asyncpg.Connection | asyncpg.Pool, programme_key: str
) -> Sequence[str]:
    """List the tiers of a published programme from the bottom up; none for an unknown one."""
    row = await connection.fetchrow(_LADDER, programme_key)
    if row is None:
        return []
    keys: list[str] = row["keys"]
    return keys if row["is_up"] else keys[::-1]


async def tier_now(
    connection: asyncpg.Connection | asyncpg.Pool, programme_key: str, profile_id: UUID
) -> str | None:
    """Tell which tier of a programme was decided last for a profile."""
    found: str | None = await connection.fetchval(_HELD, programme_key, profile_id)
    return found

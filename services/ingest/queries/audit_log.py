"""The audit log as it is read: newest first, by who, what, to what and when."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from asyncpg import Pool

from services.ingest.domain.audited import Noted, Place, Searched

_PLACE: Final = "SELECT at, audit_id FROM audit_log WHERE audit_id = $1"
_COLUMNS: Final = "audit_id, at, actor, action, subject, details"
# As the index of the whole log leaves them out: there are as many as orders that were put right.
_BY_PEOPLE: Final = "action <> 'order.corrected'"


async def place_of(pool: Pool, audit_id: UUID) -> Place | None:
    """Return where an act stands in the log."""
    row = await pool.fetchrow(_PLACE, audit_id)
    return None if row is None else Place(*row)


async def notes_before(
    pool: Pool, searched: Searched, *, before: Place | None, limit: int
) -> list[Noted]:
    """Return acts, newest first; without who, what or to what, those of people alone."""
    conditions = list(_conditions(searched, before))
    wanted = " AND ".join(text for text, _ in _numbered(conditions))
    given = [value for _, values in conditions for value in values]
    rows = await pool.fetch(
        f"""
        SELECT {_COLUMNS} FROM audit_log WHERE {wanted}
        ORDER BY at DESC, audit_id DESC LIMIT ${len(given) + 1}
        """,  # noqa: S608 - conditions of ours, values apart
        *given,
        limit,
    )
    return [Noted(*row) for row in rows]


def _conditions(
    searched: Searched, before: Place | None
) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Give only what is asked for: one statement for all would miss the indexes."""
    named = [("actor", searched.actor), ("action", searched.action), ("subject", searched.subject)]
    given = [(name, value) for name, value in named if value is not None]
    yield from ((f"{name} = {{}}", (value,)) for name, value in given)
    if not given:
        yield _BY_PEOPLE, ()
    if searched.since is not None:
        yield "at >= {}", (searched.since,)
    if searched.until is not None:
        yield "at < {}", (searched.until,)
    if before is not None:
        yield "(at, audit_id) < ({}, {})", tuple(before)


def _numbered(
    conditions: list[tuple[str, tuple[object, ...]]],
) -> Iterator[tuple[str, tuple[object, ...]]]:
    at = 1
    for text, values in conditions:
        yield text.format(*(f"${number}" for number in range(at, at + len(values)))), values
        at += len(values)

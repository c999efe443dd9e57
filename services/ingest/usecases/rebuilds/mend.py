"""Facts of some customers folded anew from all their events, compared with what is stored."""

from collections.abc import Collection
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.fold import fold
from services.ingest.queries import stored_facts
from services.ingest.queries.stored_facts import Difference, FactRows, Rows, differences
from services.ingest.usecases.refold import records_by_customer


async def mend(
    connection: Connection, profile_ids: Collection[UUID], *, is_repair: bool
) -> list[Difference]:
    """Return what differs from a fold of all events; with `is_repair` it is written right.

    A profile merged into another has no facts of its own. Whoever repairs holds the customers.
    """
    stored = await stored_facts.stored_rows(connection, profile_ids)
    rebuilt = await _rebuilt(connection, profile_ids)
    found = []
    for name in stored_facts.TABLES:
        faults = differences(name, stored[name], rebuilt[name])
        found += faults
        if is_repair and faults:
            await _write(connection, name, faults, rebuilt[name])
    return found


async def _rebuilt(connection: Connection, profile_ids: Collection[UUID]) -> FactRows:
    groups = await records_by_customer(connection, profile_ids)
    rows: FactRows = {name: {} for name in stored_facts.TABLES}
    for profile_id in profile_ids:
        facts = fold(groups[profile_id])
        for name, found in stored_facts.folded_rows(profile_id, facts).items():
            rows[name].update(found)
    return rows


async def _write(
    connection: Connection, name: str, faults: list[Difference], rebuilt: Rows
) -> None:
    wrong = {fault.key for fault in faults}
    right = {key: rebuilt[key] for key in wrong & rebuilt.keys()}
    await stored_facts.replace_rows(connection, name, right, wrong - rebuilt.keys())

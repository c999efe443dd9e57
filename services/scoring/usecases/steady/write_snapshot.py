"""Write the file a host answers from while its database is away: whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from services.scoring.domain.last_known.layout import (
    Header,
    KnownProgramme,
    file_of,
    hash_of,
    row_of,
    slot_of,
)
from services.scoring.queries.tiers import last_known
from shared.clock import Clock


async def write_snapshot(pool: asyncpg.Pool, path: Path, key: bytes, clock: Clock) -> int:
    """Write everybody's last tier as of one moment; gives the number of identifiers.

    Identifiers of the erased are gone from their table, so they are not in the file either.
    """
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        programmes = await last_known.known_programmes(connection)
        header = Header(
            written_at=datetime.now(UTC),
            as_of=clock.now(),
            withdrawn=await last_known.latest_withdrawal(connection),
            programmes=tuple(programmes),
            keys=tuple(await last_known.known_keys(connection)),
        )
        rows = await _rows(connection, programmes, key)
    _replace(path, file_of(key, header, rows))
    return len(rows)


async def _rows(
    connection: asyncpg.Connection, programmes: Sequence[KnownProgramme], key: bytes
) -> list[bytes]:
    rows: list[bytes] = []
    places = range(2, 2 + 3 * len(programmes), 3)
    async for found in last_known.known_names(connection, programmes):
        rows += [
            row_of(hash_of(key, row[0], row[1]), [slot_of(*row[p : p + 3]) for p in places])
            for row in map(tuple, found)
        ]
    return rows


def _replace(path: Path, content: bytes) -> None:
    """Put the file in place in one step, readable by its owner only; a crash leaves the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft_fd, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(draft_fd, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise

"""Hand over everything that is kept and derived about a person, as of one instant."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.erasing import Naming
from services.ingest.errors import UnknownCustomer
from services.ingest.queries import erasures, export
from services.ingest.usecases.running import Ingest
from shared.secrets import Secrets

#: Kept in memory; a longer export waits on disk, so a slow reader holds no connection.
IN_MEMORY: Final = 4 * 1024 * 1024
_PIECE: Final = 64 * 1024
_CHUNK: Final = 500
_SEALED: Final = frozenset({"lookup_key", "value_encrypted", "body_encrypted"})


async def export_customer(ingest: Ingest, customer_id: str) -> IO[bytes]:
    """Write a person's data to a file that is gone when closed; raises UnknownCustomer."""
    # not closed here: whoever sends it does
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    try:
        async with (
            ingest.pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            await _write(connection, file, customer_id, ingest)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


async def _write(
    connection: Connection, file: SpooledTemporaryFile[bytes], customer_id: str, ingest: Ingest
) -> None:
    root = await erasures.root_of(connection, customer_id)
    if root is None:
        raise UnknownCustomer
    members = await erasures.members_of(connection, root)
    known_by = await identifiers_of(connection, members, ingest.secrets)
    own_ids = [value for kind, value in known_by if kind == "customer_id"]
    head = {"customer_id": customer_id, "as_of": ingest.clock.now(), "members": members}
    file.write(_json(head)[:-1])
    for section in export.SECTIONS:
        rows = export.rows_of(connection, section, members, own_ids)
        with _list(file, section) as write:
            async for row in rows:
                write(_opened(row, ingest.secrets))
    with _list(file, "quarantine") as write:
        async for row in _refused(connection, Naming.of(known_by), ingest.secrets):
            write(row)
    file.write(b"}")


class _List:
    """Rows of one section, written one by one."""

    def __init__(self, file: SpooledTemporaryFile[bytes]) -> None:
        self._file = file
        self._is_first = True

    def __call__(self, row: dict[str, Any]) -> None:
        self._file.write(b"" if self._is_first else b",")
        self._file.write(_json(row))
        self._is_first = False


@contextmanager
def _list(file: SpooledTemporaryFile[bytes], name: str) -> Iterator[_List]:
    file.write(b',"%b":[' % name.encode())
    yield _List(file)
    file.write(b"]")


async def identifiers_of(
    connection: Connection, members: list[UUID], secrets: Secrets
) -> tuple[tuple[str, str], ...]:
    """Return everything that profiles are known by, in clear, as (kind, value)."""
    sealed = await erasures.sealed_identifiers(connection, members)
    return tuple(
        (kind, key.decode() if value is None else secrets.decrypt_identifier(kind, value))
        for kind, key, value in sealed
    )


def _opened(row: dict[str, Any], secrets: Secrets) -> dict[str, Any]:
    """Put the identifier in clear in place of its hash and cipher text."""
    if "lookup_key" not in row:
        return row
    kind, sealed = row["kind"], row["value_encrypted"]
    value = (
        row["lookup_key"].decode() if sealed is None else secrets.decrypt_identifier(kind, sealed)
    )
    return {name: part for name, part in row.items() if name not in _SEALED} | {"value": value}


async def _refused(
    connection: Connection, naming: Naming, secrets: Secrets
) -> AsyncIterator[dict[str, Any]]:
    after = UUID(int=0)
    while rows := await export.refused_rows(connection, after, limit=_CHUNK):
        after = rows[-1]["quarantine_id"]
        for row in rows:
            body = secrets.decrypt_identifier("quarantine", row.pop("body_encrypted"))
            if naming.is_in(body):
                yield row | {"body": body}


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file piece by piece and close it."""
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=_plain).encode()


def _plain(value: object) -> object:
    match value:
        case bytes():
            return value.hex()
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)

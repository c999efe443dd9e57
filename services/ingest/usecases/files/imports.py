"""Files sent to be taken in: streamed to disk here, read by the worker, asked after by their id."""

import asyncio
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from os import fsync
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import UUID

from services.ingest.domain.files.mapping import MappingRefused
from services.ingest.errors import UnknownImport, UploadTooLarge
from services.ingest.queries import imports
from services.ingest.queries.imports import Chosen, Doing, StoredImport
from services.ingest.usecases.files.import_mappings import given_mapping
from services.ingest.usecases.running import Ingest
from shared import jobs
from shared.audit import Note, note
from shared.contracts.common import Page
from shared.contracts.imports import Import, ImportAccepted, ImportState
from shared.ids import uuid7

__all__ = [
    "IMPORT",
    "MAX_UPLOAD_BYTES",
    "Asked",
    "Chosen",
    "asked_for",
    "errors_path",
    "import_errors",
    "import_status",
    "list_imports",
    "new_import",
    "take_upload",
    "upload_path",
]
IMPORT: Final = "import"
MAX_UPLOAD_BYTES: Final = 4 * 1024**3
_PIECE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """How an uploaded file is to be taken in. `kind`: csv, ndjson or parquet."""

    kind: str
    mapping: dict[str, Any]
    is_dry_run: bool
    file_name: str | None = None
    requested_by: str | None = None


def asked_for(kind: str, mapping: str | None, currency: str | None, *, is_dry_run: bool) -> Asked:
    """Return how a file is to be taken in; raises MappingRefused."""
    document = {} if mapping is None else given_mapping(mapping)
    if currency is not None:
        document["constants"] = {**document.get("constants", {}), "currency": currency}
    if document.get("join"):
        raise MappingRefused("a mapping that joins other files works with tierline import only")
    return Asked(kind, document, is_dry_run)


def new_import(  # noqa: PLR0913 - what an import is, by name
    *,
    source_id: str,
    file_name: str,
    mapping: Mapping[str, Any],
    now: datetime,
    is_dry_run: bool = False,
    status: ImportState = "running",
) -> StoredImport:
    """Return an import that has not begun."""
    return StoredImport(
        uuid7(), source_id, file_name, status, dict(mapping), 0, 0, 0, 0, 0, None, now, None,
        is_dry_run, {}, "",
    )  # fmt: skip


def upload_path(home: Path, stored: StoredImport) -> Path:
    """Return where the upload of an import lies until it is at its end."""
    return home / "imports" / f"{stored.import_id.hex}.{stored.mapping['kind']}"


def errors_path(home: Path, import_id: UUID) -> Path:
    """Return where the rows of an import without effect are listed."""
    return home / "imports" / f"{import_id.hex}.errors.csv"


async def take_upload(
    ingest: Ingest, source_id: str, asked: Asked, chunks: AsyncIterable[bytes]
) -> ImportAccepted:
    """Keep a file and ask the worker to take it in; raises UploadTooLarge."""
    stored = new_import(
        source_id=source_id,
        file_name=asked.file_name or f"upload.{asked.kind}",
        mapping={"kind": asked.kind, "mapping": asked.mapping},
        now=ingest.clock.now(),
        is_dry_run=asked.is_dry_run,
        status="queued",
    )
    stored = replace(stored, requested_by=asked.requested_by)
    path = upload_path(ingest.home, stored)
    await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
    try:
        await _write(path, chunks)
        async with ingest.pool.acquire() as connection, connection.transaction():
            await imports.add(connection, stored, file_sha256=None)
            job_id = await jobs.enqueue(connection, IMPORT, {"import_id": stored.import_id.hex})
            await imports.of_job(connection, stored.import_id, job_id)
            await note(connection, _made(stored), at=stored.started_at)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return ImportAccepted(import_id=stored.import_id, job_id=job_id)


def _made(stored: StoredImport) -> Note:
    details = {"source": stored.source_id, "is_dry_run": stored.is_dry_run}
    return Note(stored.requested_by or "", "import.asked", str(stored.import_id), details)


async def _write(path: Path, chunks: AsyncIterable[bytes]) -> None:
    """Stream a body to disk, synced: an acknowledged upload survives the machine's end."""
    size, waiting = 0, bytearray()
    with await asyncio.to_thread(_opened, path) as file:
        async for chunk in chunks:
            size += len(chunk)
            if size > MAX_UPLOAD_BYTES:
                raise UploadTooLarge
            waiting += chunk
            if len(waiting) >= _PIECE:
                await asyncio.to_thread(file.write, bytes(waiting))
                waiting.clear()
        await asyncio.to_thread(file.write, bytes(waiting))
        await asyncio.to_thread(file.flush)
        await asyncio.to_thread(fsync, file.fileno())


def _opened(path: Path) -> BinaryIO:
    """Make a file that only this user reads."""
    file = path.open("xb")
    path.chmod(0o600)
    return file


async def import_status(ingest: Ingest, import_id: UUID, source_id: str | None) -> Import:
    """Tell how far an import is; raises UnknownImport, also for another source's."""
    found = await imports.followed(ingest.pool, import_id)
    if found is None or source_id not in (None, found[0].source_id):
        raise UnknownImport
    return await asyncio.to_thread(_answer, *found, ingest.home)


async def list_imports(
    ingest: Ingest, chosen: Chosen, *, before: UUID | None, limit: int
) -> Page[Import]:
    """Give one page of imports, newest first; the cursor is the last one's id."""
    found = await imports.newest(ingest.pool, chosen, before=before, limit=limit + 1)
    shown = [
        await asyncio.to_thread(_answer, stored, doing, ingest.home)
        for stored, doing in found[:limit]
    ]
    cursor = str(shown[-1].import_id) if len(found) > limit else None
    return Page(items=shown, next_cursor=cursor)


async def import_errors(ingest: Ingest, import_id: UUID, source_id: str | None) -> Path | None:
    """Return the list of an import's rows without effect, if there is one; raises UnknownImport."""
    await _require(ingest, import_id, source_id)
    path = errors_path(ingest.home, import_id)
    return path if await asyncio.to_thread(path.is_file) else None


async def _require(ingest: Ingest, import_id: UUID, source_id: str | None) -> StoredImport:
    stored = await imports.find(ingest.pool, import_id)
    if stored is None or (source_id is not None and stored.source_id != source_id):
        raise UnknownImport
    return stored


def _answer(stored: StoredImport, doing: Doing, home: Path) -> Import:
    if doing.status == "failed" and stored.finished_at is None:
        message = doing.message or ""
        stored = replace(stored, status="failed", message=message, finished_at=doing.finished_at)
    return Import(
        import_id=stored.import_id,
        source_id=stored.source_id,
        file_name=stored.file_name,
        status=stored.status,
        is_dry_run=stored.is_dry_run,
        rows_done=stored.rows_done,
        rows_total=stored.rows_total,
        progress=_progress(stored, doing),
        accepted=stored.accepted,
        duplicates=stored.duplicates,
        conflicts=stored.conflicts,
        rejected=stored.rejected,
        skipped=stored.checkpoint.get("skipped", 0),
        has_errors=errors_path(home, stored.import_id).is_file(),
        message=stored.message,
        started_at=stored.started_at,
        finished_at=stored.finished_at,
        requested_by=stored.requested_by,
    )


def _progress(stored: StoredImport, doing: Doing) -> float:
    if stored.status == "done":
        return 1.0
    by_rows = stored.rows_done / stored.rows_total if stored.rows_total else 0.0
    return round(min(1.0, max(by_rows, doing.progress or 0.0)), 4)

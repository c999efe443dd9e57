"""An import that is a row of the database: a killed run is gone on with by the next one."""

import asyncio
import gc
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final

from asyncpg import Pool

from services.ingest.importing.error_file import ErrorFile
from services.ingest.importing.job import ImportJob, Shop
from services.ingest.queries import imports
from services.ingest.queries.exchange_rates import rate_table
from services.ingest.queries.imports import StoredImport
from services.ingest.usecases.files.import_file import RowFault, Summary
from services.ingest.usecases.files.imports import new_import

DONE: Final = "done"


def collect_seldom() -> None:
    """Make the collector of garbage rare: an import makes millions of objects and few cycles.

    Measured at 100,000 receipts: 289 us of CPU a receipt with Python's thresholds, 129 us without.
    """
    gc.freeze()
    gc.set_threshold(2_000_000, 50, 1000)


async def resumed_or_new(
    pool: Pool, path: Path, *, source_id: str, mapping: Mapping[str, Any], now: datetime
) -> StoredImport:
    """Return the unfinished import of this very file, or a new one."""
    digest = await asyncio.to_thread(_digest, path)
    found = await imports.find_unfinished(pool, digest, source_id, mapping)
    if found is None:
        found = new_import(source_id=source_id, file_name=path.name, mapping=mapping, now=now)
        await imports.add(pool, found, file_sha256=digest)
    return found


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return file_digest(file, "sha256").digest()


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a stored import; `listing` is written anew by every run."""

    pool: Pool
    stored: StoredImport
    job: ImportJob
    listing: ErrorFile
    shop: Shop

    async def whole(self) -> Summary:
        """Take the file in, or judge it, and note the end; raises FileRefused, MappingRefused."""
        import_id = self.stored.import_id
        if self.stored.is_dry_run:
            summary = await self._judged()
        else:
            summary = await self._taken_in()
        await self._note(summary, summary.receipts)
        await imports.finish(self.pool, import_id, DONE, message="", now=self.shop.now)
        await imports.forget_faults(self.pool, import_id)
        return summary

    async def _judged(self) -> Summary:
        rates = await rate_table(self.pool)
        return await asyncio.to_thread(self.job.judge, self.shop, rates)

    async def _taken_in(self) -> Summary:
        told = await imports.faults_of(self.pool, self.stored.import_id)
        for row, code, message in told:
            self.listing.add(RowFault(row, code, message))
        return await self.job.run(self.pool, self.shop, begun=self._begun(), reached=self._reached)

    def _begun(self) -> Summary:
        """Return what runs before this one did: what they read is read and judged once more."""
        stored, point = self.stored, self.stored.checkpoint
        return Summary(
            done=point.get("receipts", 0),
            accepted=stored.accepted,
            duplicates=stored.duplicates,
            conflicts=stored.conflicts,
            unfit=point.get("unfit", 0),
            sequence=point.get("sequence", 0),
        )

    async def _reached(self, summary: Summary, receipts: int, faults: list[RowFault]) -> None:
        kept = ((fault.row, fault.code, fault.message) for fault in faults)
        await imports.add_faults(self.pool, self.stored.import_id, kept)
        await self._note(summary, receipts)

    async def _note(self, summary: Summary, receipts: int) -> None:
        counts = {
            "rows_done": summary.rows,
            "accepted": summary.accepted,
            "duplicates": summary.duplicates,
            "conflicts": summary.conflicts,
            "rejected": summary.rejected,
        }
        point = {"receipts": receipts, "unfit": summary.unfit, "sequence": summary.sequence,
                 "skipped": summary.skipped}  # fmt: skip
        import_id, total = self.stored.import_id, summary.rows_total
        await imports.reached(self.pool, import_id, counts, rows_total=total, checkpoint=point)

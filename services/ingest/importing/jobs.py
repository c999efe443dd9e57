"""The job that takes an uploaded file in; its upload lies in a directory the worker can read."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from asyncpg import Pool

from services.ingest.domain.files.mapping import MappingRefused, parse_mapping
from services.ingest.domain.identity import TRUST
from services.ingest.importing.error_file import ErrorFile
from services.ingest.importing.job import ImportJob, Shop
from services.ingest.importing.refusal import FileRefused
from services.ingest.importing.stored import Run
from services.ingest.queries import imports
from services.ingest.queries.imports import StoredImport
from services.ingest.usecases.files.import_file import Summary
from services.ingest.usecases.files.imports import errors_path, upload_path
from shared.clock import Clock
from shared.job_runner import JobHandler, Report
from shared.jobs import Job
from shared.problem import DomainError
from shared.settings import PlatformSettings

_REPORT_EVERY_S = 1.0


class ImportRefused(DomainError):
    """The file cannot be taken in; nothing of it was."""


class _Told:
    """The last that was told about an import, from whatever thread."""

    def __init__(self) -> None:
        self.share = 0.0
        self.rows = 0

    def __call__(self, share: float, summary: Summary) -> None:
        self.share, self.rows = share, summary.rows


def import_handler(
    pool: Pool, clock: Clock, platform: PlatformSettings, trust: tuple[str, ...] = TRUST
) -> JobHandler:
    """Return what does a job of the kind `import`; `trust`: kinds, the most trusted first."""

    async def take_in(job: Job, report: Report) -> Mapping[str, object]:
        stored = await imports.find(pool, UUID(job.arguments["import_id"]))
        if stored is None:
            raise ImportRefused
        shop = Shop(clock.now(), platform.zone, platform.base_currency, platform.secrets, trust)
        home = Path(platform.tierline_home)
        try:
            return await _taken_in(pool, stored, shop, home, report)
        except (FileRefused, MappingRefused) as error:
            await imports.finish(
                pool, stored.import_id, "failed", message=str(error), now=clock.now()
            )
            raise ImportRefused from error
        finally:
            if (now := await imports.find(pool, stored.import_id)) and now.finished_at:
                upload_path(home, stored).unlink(missing_ok=True)  # personal data: not a day longer

    return take_in


async def _taken_in(
    pool: Pool, stored: StoredImport, shop: Shop, home: Path, report: Report
) -> Mapping[str, object]:
    told = _Told()
    mapping = parse_mapping(stored.mapping["mapping"])
    with ErrorFile(errors_path(home, stored.import_id)) as listing:
        job = ImportJob(upload_path(home, stored), mapping, stored.source_id, listing.add, told)
        run = asyncio.create_task(Run(pool, stored, job, listing, shop).whole())
        try:
            while not (await asyncio.wait([run], timeout=_REPORT_EVERY_S))[0]:
                await report(told.share, f"{told.rows} rows")
            summary = await run
        finally:
            run.cancel()
            with suppress(asyncio.CancelledError, FileRefused, MappingRefused):
                await run
    return {
        "rows": summary.rows,
        "receipts": summary.receipts,
        "accepted": summary.accepted,
        "duplicates": summary.duplicates,
        "conflicts": summary.conflicts,
        "rejected": summary.rejected,
    }

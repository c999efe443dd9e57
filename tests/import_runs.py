"""Imports as tests run them: a file, a mapping, a database, and what was told about the rows."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from asyncpg import Pool

from services.ingest.importing.job import ImportJob, Shop
from services.ingest.importing.mapping_files import load_mapping
from services.ingest.usecases.files.import_file import RowFault, Summary
from shared.secrets import Secrets

GBP: dict[str, Any] = {"constants": {"currency": "GBP"}}
SHOP = Shop(
    now=datetime(2026, 11, 22, tzinfo=UTC),
    zone=ZoneInfo("UTC"),
    base_currency=None,
    secrets=Secrets.from_hex("5e" * 32),
)


@dataclass(slots=True)
class Run:
    """One import of a file."""

    path: Path
    mapping: str | None
    faults: list[RowFault] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)

    def job(self, source: str = "file") -> ImportJob:
        def tell(share: float, _: Summary) -> None:
            self.shares.append(share)

        return ImportJob(self.path, load_mapping(self.mapping), source, self.faults.append, tell)

    async def into(self, pool: Pool) -> Summary:
        return await self.job().run(pool, SHOP)

    def judged(self) -> Summary:
        return self.job().judge(SHOP)

    @property
    def codes(self) -> list[tuple[int, str]]:
        return [(fault.row, fault.code) for fault in self.faults]


def judged(tmp_path: Path, text: str | bytes, mapping: Any = GBP, name: str = "f.csv") -> Run:
    path, columns = tmp_path / name, tmp_path / "mapping.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    columns.write_text(json.dumps(mapping))
    run = Run(path, str(columns))
    run.judged()
    return run

"""Files taken in by the worker, as their senders see them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.wire import ReplyModel

ImportState = Literal["queued", "running", "done", "failed"]


class ImportAccepted(ReplyModel):
    """The answer to an uploaded file (202, with Location): it is kept, the worker takes it in."""

    import_id: UUID
    job_id: UUID


class ReadyMadeMappings(ReplyModel):
    """Names of mappings for files as others export them, that an upload may name."""

    items: list[str]


class Import(ReplyModel):
    """How far an import is; counts are receipts, a receipt without an order being one row."""

    import_id: UUID
    source_id: str
    file_name: str
    status: ImportState
    is_dry_run: bool
    rows_done: int
    rows_total: int | None = None
    #: From 0 to 1, as the worker tells it; a little behind `rows_done`.
    progress: float = 0.0
    accepted: int
    duplicates: int
    conflicts: int
    rejected: int
    skipped: int = 0
    has_errors: bool = False
    message: str = ""
    started_at: datetime
    finished_at: datetime | None = None
    requested_by: str | None = None

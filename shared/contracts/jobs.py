"""Background jobs as their owners report them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import JsonValue

from shared.wire import ReplyModel

JobStatus = Literal["queued", "running", "done", "failed"]


class JobAccepted(ReplyModel):
    """The answer to a request that goes on in the background (202, with Location)."""

    job_id: UUID


class Job(ReplyModel):
    """How far a job is."""

    id: UUID
    kind: str
    status: JobStatus
    progress: float = 0.0
    message: str = ""
    result: dict[str, JsonValue] | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None

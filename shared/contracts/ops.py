"""What waits, and who works it off (GET /v1/ops/queues)."""

from datetime import datetime

from shared.contracts.common import LocalText
from shared.wire import ReplyModel


class Waiting(ReplyModel):
    """How much waits: counted up to 10,000, with `is_more` where there is more than that."""

    count: int
    is_more: bool = False
    #: Since the oldest of those counted was written or became due; null where nothing waits.
    oldest_s: float | None = None


class OutboxQueue(Waiting):
    """Work that follows from what was accepted, by topic; a topic without any is not listed."""

    topic: str
    topic_text: LocalText | None = None
    most_attempts: int
    last_error: str | None = None


class JobQueue(ReplyModel):
    """Jobs of a kind: open ones, and those that failed in the last 24 hours."""

    kind: str
    waiting: int = 0
    running: int = 0
    failed: int = 0


class WorkerSeen(ReplyModel):
    """A part of the worker, as the database's list of connections shows it.

    No worker writes a heartbeat: this is derived. A part that works asks the database every few
    seconds (`platform`, which only purges, every ten minutes).
    """

    name: str
    connections: int
    last_asked_at: datetime | None = None


class DatabaseState(ReplyModel):
    """The database all services share."""

    server_version: str
    migration: str | None
    size_bytes: int
    connections: int
    max_connections: int


class Queues(ReplyModel):
    """Everything that waits in the background, at one moment of the database's clock."""

    at: datetime
    version: str | None
    outbox: list[OutboxQueue]
    jobs: list[JobQueue]
    due_reviews: Waiting
    quarantine: Waiting
    webhook_deliveries: Waiting
    workers: list[WorkerSeen]
    database: DatabaseState

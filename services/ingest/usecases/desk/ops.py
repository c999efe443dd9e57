"""What waits in the background, for whoever runs the platform."""

from importlib.metadata import PackageNotFoundError, version

from services.ingest.domain.topic_words import topic_words
from services.ingest.queries import ops
from services.ingest.usecases.running import Ingest
from shared.contracts.common import LocalText
from shared.contracts.ops import DatabaseState, JobQueue, OutboxQueue, Queues, Waiting, WorkerSeen


async def show_queues(ingest: Ingest) -> Queues:
    """Count what waits, in one read of the database."""
    now = ingest.clock.now()
    async with ingest.pool.acquire() as connection, connection.transaction(readonly=True):
        database = await ops.database_state(connection)
        return Queues(
            at=database.pop("at"),
            version=_version(),
            outbox=[_outbox(row) for row in await ops.outbox_queues(connection)],
            jobs=[JobQueue(**row) for row in await ops.job_queues(connection)],
            due_reviews=Waiting(**await ops.due_reviews(connection, now)),
            quarantine=Waiting(**await ops.open_quarantine(connection, now)),
            webhook_deliveries=Waiting(**await ops.open_deliveries(connection, now)),
            workers=[WorkerSeen(**row) for row in await ops.workers_seen(connection)],
            database=DatabaseState(**database),
        )


def _outbox(row: ops.Row) -> OutboxQueue:
    words = topic_words(row["topic"])
    text = None if words is None else LocalText(en=words.en, zh=words.zh)
    return OutboxQueue(topic_text=text, **row)


def _version() -> str | None:
    """Tell the installed version; None where the code runs without having been installed."""
    try:
        return version("tierline")
    except PackageNotFoundError:
        return None

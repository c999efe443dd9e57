"""What waits in the background, shown: tiles, and a table where there is more to say."""

from typing import Final

from nicegui import ui

from services.console.pages.ops.said import (
    age_tone,
    count_of,
    job_lines,
    missing_workers,
    oldest_note,
    outbox_line,
    worker_lines,
)
from services.console.parts.charts import plain_table
from services.console.parts.faults import Fault, fault_card
from services.console.parts.pieces import fact, grid, section, tile, tiles
from services.console.visiting.visit import Visit
from shared.contracts.ops import OutboxQueue, Queues, Waiting

_MIB: Final = 1024 * 1024
_NOTHING: Final = Waiting(count=0)


def show_queues(visit: Visit, found: Queues | Fault) -> None:
    """Show what waits; where it cannot be read, say so."""
    if isinstance(found, Fault):
        with section(visit.say("ops.queues")):
            fault_card(visit, found)
        return
    with section(visit.say("ops.queues"), note=visit.say("ops.queues_note")):
        _tiles(visit, found)
        if found.outbox:
            plain_table(
                [visit.say(f"ops.column_{name}") for name in _OUTBOX],
                [outbox_line(visit, queue) for queue in found.outbox],
            )
    with grid():
        _jobs(visit, found)
        _database(visit, found)


_OUTBOX: Final = ("topic", "waiting", "oldest", "attempts", "last_error")
_JOBS: Final = ("kind", "waiting", "running", "failed")
_WORKERS: Final = ("worker", "state", "last_asked", "connections")


def _tiles(visit: Visit, found: Queues) -> None:
    named = (
        ("outbox", _oldest(found.outbox), "/ops"),
        ("due_reviews", found.due_reviews, None),
        ("quarantine", found.quarantine, "/data"),
        ("webhook_deliveries", found.webhook_deliveries, "/ops/webhooks"),
    )
    with tiles():
        for name, waiting, href in named:
            # records kept aside wait for people: their age alone is no fault
            is_people = name == "quarantine"
            tone = ("warn" if waiting.count else "good") if is_people else age_tone(waiting)
            tile(
                visit.say(f"ops.{name}"),
                count_of(visit, waiting),
                note=oldest_note(visit, waiting),
                href=href,
                tone=tone,
            )


def _oldest(outbox: list[OutboxQueue]) -> Waiting:
    """Put the topics together: all that waits, and the oldest of it."""
    if not outbox:
        return _NOTHING
    ages = [queue.oldest_s for queue in outbox if queue.oldest_s is not None]
    return Waiting(
        count=sum(queue.count for queue in outbox),
        is_more=any(queue.is_more for queue in outbox),
        oldest_s=max(ages, default=None),
    )


def _jobs(visit: Visit, found: Queues) -> None:
    with section(visit.say("ops.jobs"), note=visit.say("ops.jobs_note")):
        if found.jobs:
            plain_table(
                [visit.say(f"ops.column_{name}") for name in _JOBS], job_lines(visit, found)
            )
        else:
            ui.label(visit.say("ops.no_jobs"))
        ui.link(visit.say("ops.all_jobs"), "/ops/jobs")


def show_workers(visit: Visit, found: Queues | Fault) -> None:
    """Show which parts of the worker are there; where it cannot be read, the queues say so."""
    if isinstance(found, Fault):
        return
    with section(visit.say("ops.workers"), note=visit.say("ops.workers_note")):
        if missing := missing_workers(found):
            names = ", ".join(visit.say(f"ops.worker_{name}") for name in missing)
            ui.label(visit.say("ops.workers_missing", names=names)).classes("tl-fault-text").props(
                "role=alert"
            )
        if found.workers:
            head = [visit.say(f"ops.column_{name}") for name in _WORKERS]
            plain_table(head, worker_lines(visit, found))


def _database(visit: Visit, found: Queues) -> None:
    state, formats = found.database, visit.formats
    with section(visit.say("ops.database")):
        fact(visit.say("ops.size"), f"{formats.number(state.size_bytes / _MIB)} MiB")
        fact(visit.say("ops.server"), f"PostgreSQL {state.server_version}")
        fact(visit.say("ops.migration"), state.migration or "–")
        fact(
            visit.say("ops.connections"),
            visit.say(
                "ops.connections_of",
                n=formats.number(state.connections),
                most=formats.number(state.max_connections),
            ),
        )
        fact(visit.say("ops.version"), found.version or "–")

"""What waits, how services are and what was done, as rows of words: no widget is made here."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

from services.console.parts.pieces import Tone
from services.console.parts.tables import Row
from services.console.visiting.services import Service
from services.console.visiting.visit import Visit
from shared.contracts.audit import AuditEntry
from shared.contracts.health import Health
from shared.contracts.jobs import Job
from shared.contracts.keys import KeyInfo
from shared.contracts.ops import OutboxQueue, Queues, Waiting, WorkerSeen
from shared.contracts.outgoing_webhooks import DeliveryAnswer

#: Background work that is older than this waits for something; than that, somebody should look.
SLOW_S: Final = 60.0
STUCK_S: Final = 600.0
#: A part of the worker asks the database far more often than this; `platform` every ten minutes.
QUIET_S: Final = 120.0
PURGING: Final = "platform"
PURGING_QUIET_S: Final = 1500.0
#: The parts of the worker that must be there.
WORKERS: Final = (PURGING, *(each.value for each in Service), "console")
_MOST_DETAIL: Final = 300
#: The rest of a result is behind its row.
_MOST_RESULT: Final = 120
_INSTANT: Final = timedelta(seconds=1)
State = Literal["ready", "degraded", "unavailable", "away"]
_TONES: Final[Mapping[State, Tone]] = {
    "ready": "good",
    "degraded": "warn",
    "unavailable": "bad",
    "away": "bad",
}


def state_tone(state: State) -> Tone:
    """Give the tone of how a service is."""
    return _TONES[state]


def check_lines(visit: Visit, health: Health) -> list[tuple[str, str]]:
    """Say what each probe found: what was looked at, and what was found."""
    return [
        (
            visit.say_or(f"ops.probe_{check.name}", check.name),
            _found(visit, check.state, check.detail),
        )
        for check in health.checks
    ]


def _found(visit: Visit, state: str, detail: str) -> str:
    said = visit.say(f"ops.check_{state}")
    # the detail is in the operators' English: needed where something is wrong, noise where not
    return f"{said} · {detail}" if detail and state != "ok" else said


def count_of(visit: Visit, waiting: Waiting) -> str:
    """Write how much waits; a count that was not taken to its end has a plus."""
    return visit.formats.number(waiting.count) + ("+" if waiting.is_more else "")


def age_tone(waiting: Waiting) -> Tone:
    """Judge a queue by how old its oldest is."""
    age = waiting.oldest_s
    if age is None or age < SLOW_S:
        return "good"
    return "warn" if age < STUCK_S else "bad"


def oldest_note(visit: Visit, waiting: Waiting) -> str:
    """Say how old the oldest is; nothing where nothing waits."""
    if waiting.oldest_s is None:
        return visit.say("ops.nothing_waits")
    return visit.say("ops.oldest", age=visit.formats.span(waiting.oldest_s))


def outbox_line(visit: Visit, queue: OutboxQueue) -> list[str]:
    """Say how one topic of the outbox is."""
    return [
        visit.local(queue.topic_text) or queue.topic,
        count_of(visit, queue),
        visit.formats.span(queue.oldest_s),
        visit.formats.number(queue.most_attempts),
        queue.last_error or "",
    ]


def job_lines(visit: Visit, found: Queues) -> list[list[str]]:
    """Say how many jobs of each kind wait, run and failed."""
    number = visit.formats.number
    return [
        [
            visit.say_or(f"ops.kind_{queue.kind}", queue.kind),
            number(queue.waiting),
            number(queue.running),
            number(queue.failed),
        ]
        for queue in found.jobs
    ]


def worker_lines(visit: Visit, found: Queues) -> list[list[str]]:
    """Say which parts of the worker are there, and when each last asked the database."""
    return [
        [
            visit.say_or(f"ops.worker_{worker.name}", worker.name),
            visit.say("ops.worker_quiet" if is_quiet(worker, found) else "ops.worker_busy"),
            visit.formats.ago(_before(worker.last_asked_at, found.at), found.at),
            visit.formats.number(worker.connections),
        ]
        for worker in found.workers
    ]


def _before(asked_at: datetime | None, at: datetime) -> datetime | None:
    """Give when somebody asked; who asks at this very instant did a second ago."""
    return None if asked_at is None else min(asked_at, at - _INSTANT)


def is_quiet(worker: WorkerSeen, found: Queues) -> bool:
    """Tell whether a part of the worker has asked nothing for longer than it rests."""
    if worker.last_asked_at is None:
        return False  # the database hides it from us: nothing is known
    silent_s = (found.at - worker.last_asked_at).total_seconds()
    return silent_s > (PURGING_QUIET_S if worker.name == PURGING else QUIET_S)


def missing_workers(found: Queues) -> list[str]:
    """Name the parts of the worker that no connection shows."""
    there = {worker.name for worker in found.workers}
    return [name for name in WORKERS if name not in there]


def job_row(visit: Visit, job: Job) -> Row:
    """Say how a job is."""
    return {
        "kind": visit.say_or(f"ops.kind_{job.kind}", job.kind),
        "status": visit.say(f"ops.status_{job.status}"),
        "progress": visit.formats.percent(job.progress, digits=0),
        "message": job.message,
        "created": visit.formats.instant(job.created_at),
        "took": visit.formats.span(_took_s(job)),
        "result": _short(job.result, _MOST_RESULT),
        "id": str(job.id),
    }


def _took_s(job: Job) -> float | None:
    if job.started_at is None or job.finished_at is None:
        return None
    return (job.finished_at - job.started_at).total_seconds()


def key_row(visit: Visit, key: KeyInfo) -> Row:
    """Say what a key may do and whether it still may."""
    ended = key.revoked_at
    return {
        "name": key.name,
        "kind": visit.say_or(f"ops.kind_of_key_{key.kind}", key.kind),
        "scopes": ", ".join(key.scopes),
        "source": key.source or "",
        "made": visit.formats.instant(key.created_at),
        "state": visit.say("ops.key_active")
        if ended is None
        else visit.say("ops.key_revoked", at=visit.formats.instant(ended)),
        "id": str(key.key_id),
        "is_active": ended is None,
    }


def act_row(visit: Visit, entry: AuditEntry) -> Row:
    """Say what was done."""
    return {
        "at": visit.formats.instant(entry.at),
        "actor": entry.actor,
        "action": action_words(visit, entry),
        "subject": entry.subject,
        "reason": entry.reason or "",
        "outcome": outcome_words(visit, entry),
        "details": _short({k: v for k, v in entry.details.items() if k not in _TOLD_APART}),
        "id": str(entry.audit_id),
    }


_TOLD_APART: Final = frozenset({"reason", "outcome"})


def action_words(visit: Visit, entry: AuditEntry) -> str:
    """Say an action in words: the service's own, else those of the console, else its name."""
    told = visit.local(entry.action_text)
    return told or visit.say_or(f"audit.{entry.action}", entry.action)


def outcome_words(visit: Visit, entry: AuditEntry) -> str:
    """Say what became of a change the console asked for; services note what was done alone."""
    outcome = entry.details.get("outcome")
    if not isinstance(outcome, str):
        return ""
    kind, _, rest = outcome.partition(": ")
    said = visit.say_or(f"ops.outcome_{kind}", outcome)
    return f"{said} ({rest})" if rest and said != outcome else said


def act_cells(entry: AuditEntry) -> list[str]:
    """Give an act as a line of a file, for machines: instants and names as they are kept."""
    return [
        entry.at.isoformat(),
        entry.actor,
        entry.action,
        entry.subject,
        entry.reason or "",
        json.dumps(entry.details, ensure_ascii=False, sort_keys=True),
    ]


def delivery_row(visit: Visit, delivery: DeliveryAnswer) -> Row:
    """Say how a message fared."""
    last = delivery.tries[-1] if delivery.tries else None
    answer = "" if last is None else (last.error or str(last.status or ""))
    return {
        "type": delivery.type,
        "status": visit.say(f"ops.delivery_{delivery.status}"),
        "attempts": visit.formats.number(delivery.attempts),
        "answer": answer,
        "announced": visit.formats.instant(delivery.created_at),
        "next": visit.formats.instant(delivery.next_attempt_at),
        "id": str(delivery.delivery_id),
    }


def whole(document: Mapping[str, object]) -> str:
    """Write a document over lines."""
    return json.dumps(document, ensure_ascii=False, default=str, indent=2)


def _short(document: Mapping[str, object] | None, most: int = _MOST_DETAIL) -> str:
    if not document:
        return ""
    text = json.dumps(document, ensure_ascii=False, default=str)
    return text if len(text) <= most else text[: most - 1] + "…"

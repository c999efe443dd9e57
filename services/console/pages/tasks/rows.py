"""Tasks as they are shown: rows of the board, and what was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.console.parts.care import KEYS, Named, channel_word, customer_cells, cut, shown
from services.console.parts.tables import Row
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.contracts.tasks import TaskAnswer

#: Tasks in these states wait for somebody.
TO_DO: Final = frozenset({"open", "claimed"})


@dataclass(frozen=True, slots=True)
class Names:
    """What programmes with their tiers and playbooks are called; keys stand where none is known."""

    programmes: Named = KEYS
    playbooks: Mapping[str, str] = field(default_factory=dict)


def tier_at(task: TaskAnswer, names: Names) -> str:
    """Name the tier that was held when the task was made."""
    at = task.segment_at
    if at is None or at.tier is None:
        return NOTHING
    return names.programmes.tier(at.programme, at.tier)


def queue_word(visit: Visit, queue: str | None) -> str:
    """Name a queue: those of the playbooks that come with Tierline, and the shop's own as is."""
    return visit.say_or(f"care.queue_{queue}", queue) if queue else NOTHING


def task_row(visit: Visit, task: TaskAnswer, now: datetime, names: Names) -> Row:
    """Give a task as a row of the board."""
    late = visit.say("tasks.late") if task.is_overdue else ""
    playbook = task.playbook_key or NOTHING
    return {
        "task": cut(shown(visit, task.title)) or visit.say("tasks.one"),
        "task_href": f"/tasks/{task.task_id}",
        "due": " ".join(filter(None, (visit.formats.ago(task.due_at, now), late))),
        "channel": channel_word(visit, task.channel),
        "priority": visit.say_or(f"care.priority_{task.priority}", str(task.priority)),
        "tier": tier_at(task, names),
        "owner": task.owner or NOTHING,
        "queue": queue_word(visit, task.queue),
        "playbook": names.playbooks.get(playbook, playbook),
        "state": visit.say_or(f"tasks.state_{task.state}", task.state),
        **customer_cells(visit, task.customer_id),
    }


def asked_of(given: Mapping[str, object], me: str, before: datetime | None) -> dict[str, object]:
    """Ask for the tasks that were chosen; `mine` are those of who asks."""
    asked = {k: v for k, v in given.items() if k not in {"mine", "due"}}
    if given.get("mine"):
        asked["owner"] = me
    if before is not None:
        asked["due_before"] = before.isoformat()
    return asked


def first_free(tasks: Sequence[TaskAnswer]) -> TaskAnswer | None:
    """Give the most urgent task that is nobody's."""
    return next((task for task in tasks if task.owner is None and task.state == "open"), None)


def completion_body(
    given: Mapping[str, object], currency: str | None, me: str
) -> dict[str, object]:
    """Build what is said of a task that was done; a cost is in the shop's currency."""
    body = {k: v for k, v in given.items() if k in {"outcome", "note"}}
    if "minutes" in given:
        body["duration_s"] = round(float(str(given["minutes"])) * 60)
    if "cost" in given and currency:
        body["cost"] = {"amount": str(given["cost"]), "currency": currency}
    return {**body, "agent": me}


def task_body(given: Mapping[str, object], customer_id: str, due: datetime) -> dict[str, object]:
    """Build a task of what was filled in; a language left out says what the other does."""
    taken = {"channel", "purpose", "owner", "queue", "playbook_key"}
    body: dict[str, object] = {k: v for k, v in given.items() if k in taken}
    for name in ("title", "message"):
        texts = [
            str(given[f"{name}_{tongue}"]) for tongue in ("en", "zh") if f"{name}_{tongue}" in given
        ]
        if texts:
            body[name] = {"en": texts[0], "zh": texts[-1]}
    if "priority" in given:
        body["priority"] = int(str(given["priority"]))
    return {**body, "customer_id": customer_id, "due_at": due.isoformat()}

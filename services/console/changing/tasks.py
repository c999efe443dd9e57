"""What people change of tasks: take, complete, call off, make one by hand."""

from collections.abc import Mapping
from uuid import UUID

from services.console.accounts.roles import Permission
from services.console.visiting.changes import Change
from services.console.visiting.services import Service
from shared.clients.transport import Call

Body = Mapping[str, object]


def claim_task(task_id: UUID, owner: str) -> Change:
    """Take a task on in somebody's name."""
    return _change("task.claimed", task_id, "claim", {"owner": owner})


def complete_task(task_id: UUID, body: Body) -> Change:
    """Say how a task went."""
    return _change("task.completed", task_id, "complete", body)


def cancel_task(task_id: UUID, reason: str) -> Change:
    """Call a task off."""
    return _change("task.cancelled", task_id, "cancel", {"reason": reason})


def make_task(body: Body, key: str) -> Change:
    """Make a task by hand."""
    call = Call("POST", "/v1/tasks", dict(body), idempotency_key=key)
    subject = f"customer:{body.get('customer_id')}"
    details = {name: body.get(name) for name in ("channel", "purpose", "playbook_key")}
    may = Permission.TASKS_CHANGE
    return Change(may, "task.made", subject, Service.FEEDBACK, call, details)


def _change(action: str, task_id: UUID, verb: str, body: Body) -> Change:
    call = Call("POST", f"/v1/tasks/{task_id}/{verb}", dict(body), is_repeatable=False)
    details = {"outcome": body["outcome"]} if "outcome" in body else {}
    may = Permission.TASKS_CHANGE
    return Change(may, action, f"task:{task_id}", Service.FEEDBACK, call, details)

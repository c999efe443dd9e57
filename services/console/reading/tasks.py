"""What pages ask of tasks: what is due for whom."""

from collections.abc import Mapping
from urllib.parse import quote

from services.console.visiting.visit import Visit
from shared.contracts.common import Page
from shared.contracts.tasks import TaskAnswer


async def list_tasks(
    visit: Visit, given: Mapping[str, object], cursor: str | None, limit: int
) -> Page[TaskAnswer]:
    """Give a page of tasks in the order in which they are due."""
    query = {**given, "cursor": cursor, "limit": limit}
    return await visit.feedback.get("/v1/tasks", Page[TaskAnswer], query)


async def one_task(visit: Visit, task_id: str) -> TaskAnswer:
    """Give one task."""
    return await visit.feedback.get(f"/v1/tasks/{quote(task_id, safe='')}", TaskAnswer)

"""Every route of playbooks and tasks, with a body it takes."""

import httpx

from shared.contracts.playbooks import (
    EXAMPLE_PLAYBOOK,
    EXAMPLE_PLAYBOOK_BODY,
    EXAMPLE_RUN,
)
from shared.contracts.previews import EXAMPLE_PREVIEW
from shared.contracts.tasks import (
    EXAMPLE_CANCEL,
    EXAMPLE_CLAIM,
    EXAMPLE_COMPLETION,
    EXAMPLE_TASK,
)
from tests.contract.route import Route

BODY_ROUTES = (
    Route("feedback", "POST", "/v1/playbooks", EXAMPLE_PLAYBOOK),
    Route("feedback", "PUT", "/v1/playbooks/{}", EXAMPLE_PLAYBOOK_BODY),
    Route("feedback", "POST", "/v1/playbooks/{}/preview", EXAMPLE_PREVIEW),
    Route("feedback", "POST", "/v1/playbooks/{}/run", EXAMPLE_RUN),
    Route("feedback", "POST", "/v1/tasks", EXAMPLE_TASK),
    Route("feedback", "POST", "/v1/tasks/{}/claim", EXAMPLE_CLAIM),
    Route("feedback", "POST", "/v1/tasks/{}/complete", EXAMPLE_COMPLETION),
    Route("feedback", "POST", "/v1/tasks/{}/cancel", EXAMPLE_CANCEL),
)
OTHER_ROUTES = (
    Route("feedback", "GET", "/v1/playbooks"),
    Route("feedback", "GET", "/v1/playbooks/presets"),
    Route("feedback", "GET", "/v1/playbooks/{}"),
    Route("feedback", "GET", "/v1/playbooks/{}/results"),
    Route("feedback", "GET", "/v1/tasks"),
    Route("feedback", "GET", "/v1/tasks/{}"),
)


def playbook_key(feedback: httpx.Client) -> str:
    """Have a live playbook that people run by hand."""
    everybody = {"audience": {}, "trigger": {"kind": "manual"}, "state": "live"}
    feedback.put("/v1/playbooks/asked", json=EXAMPLE_PLAYBOOK_BODY | everybody)
    return "asked"


def task_id(feedback: httpx.Client) -> str:
    """Have something to do for c-1."""
    made: str = feedback.post("/v1/tasks", json=EXAMPLE_TASK).json()["task_id"]
    return made

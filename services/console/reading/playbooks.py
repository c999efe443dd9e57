"""What pages ask of playbooks: how they stand, what they would do, what came of them."""

from urllib.parse import quote

from services.console.visiting.visit import Visit
from shared.clients.transport import Call
from shared.contracts.common import Page
from shared.contracts.playbooks import PlaybookAnswer, PlaybookResults, PresetAnswer
from shared.contracts.previews import PlaybookPreview

#: How many of those who would be met next are shown.
SAMPLES = 8


def playbook_path(key: str) -> str:
    """Give the address of a playbook at feedback."""
    return f"/v1/playbooks/{quote(key, safe='')}"


async def list_playbooks(
    visit: Visit, state: str | None, cursor: str | None, limit: int
) -> Page[PlaybookAnswer]:
    """Give a page of playbooks, by key."""
    query = {"state": state, "cursor": cursor, "limit": limit}
    return await visit.feedback.get("/v1/playbooks", Page[PlaybookAnswer], query)


async def playbook_presets(visit: Visit) -> Page[PresetAnswer]:
    """Give the playbooks that come with Tierline."""
    return await visit.feedback.get("/v1/playbooks/presets", Page[PresetAnswer])


async def one_playbook(visit: Visit, key: str) -> PlaybookAnswer:
    """Give one playbook."""
    return await visit.feedback.get(playbook_path(key), PlaybookAnswer)


async def playbook_results(visit: Visit, key: str) -> PlaybookResults:
    """Give what came of a playbook's tasks."""
    return await visit.feedback.get(f"{playbook_path(key)}/results", PlaybookResults)


async def playbook_preview(visit: Visit, key: str) -> PlaybookPreview:
    """Give what the next pass would do; nothing is made."""
    call = Call("POST", f"{playbook_path(key)}/preview", {"sample": SAMPLES})
    return await visit.feedback.ask(call, PlaybookPreview)

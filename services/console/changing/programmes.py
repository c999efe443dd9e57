"""What people change of programmes: drafts, simulations, publications, rollbacks."""

from collections.abc import Mapping
from urllib.parse import quote

from services.console.accounts.roles import Permission
from services.console.visiting.changes import Change
from services.console.visiting.services import Service
from shared.clients.transport import Call
from shared.contracts.programmes import Document

#: A simulation counts customers at the end of each of so many months.
MONTHS = 12


def begin_programme(programme: str, document: Document, key: str) -> Change:
    """Begin a programme with its first draft."""
    body = {"programme": programme, "document": document}
    call = Call("POST", "/v1/programmes", body, idempotency_key=key)
    return _change("programme.begun", programme, call, {})


def add_draft(
    programme: str, document: Document, key: str, *, question: str | None = None
) -> Change:
    """Add a draft to a programme; `question`: what is asked by it, where it is made for that."""
    path = f"{_path(programme)}/versions"
    body: dict[str, object] = {"document": document}
    if question is not None:
        body["question"] = question
    call = Call("POST", path, body, idempotency_key=key)
    return _change("programme.drafted", programme, call, {})


def simulate(programme: str, version: int, key: str) -> Change:
    """Replay the whole base by a version; nobody's tier changes."""
    path = f"{_path(programme)}/versions/{version}/simulate"
    call = Call("POST", path, {"months": MONTHS, "seed": 1}, idempotency_key=key)
    return _change("programme.simulated", programme, call, {"version": version})


def publish(programme: str, version: int, note: Mapping[str, str], key: str) -> Change:
    """Publish a version in the background; `note`: goal, owner, approval."""
    path = f"{_path(programme)}/versions/{version}/publish"
    call = Call("POST", path, dict(note), idempotency_key=key)
    return _change("programme.published", programme, call, {"version": version, **note})


def roll_back(programme: str, reason: str, key: str) -> Change:
    """Go back to the version before, at once."""
    path = f"{_path(programme)}/rollback"
    call = Call("POST", path, {"reason": reason}, idempotency_key=key)
    return _change("programme.rolled_back", programme, call, {})


def _path(programme: str) -> str:
    return f"/v1/programmes/{quote(programme, safe='')}"


def _change(action: str, programme: str, call: Call, details: dict[str, object]) -> Change:
    return Change(
        may=Permission.PROGRAMMES_CHANGE,
        action=action,
        subject=f"programme:{programme}",
        service=Service.SCORING,
        call=call,
        details=details,
    )

"""What people change of cases: each step, decision and word is audited with its reason.

Bodies are as they were typed: feedback judges them, and what it refuses stays in its form.
"""

from collections.abc import Mapping
from urllib.parse import quote
from uuid import UUID

from services.console.accounts.roles import Permission
from services.console.visiting.changes import Change
from services.console.visiting.services import Service
from shared.clients.transport import Call

Body = Mapping[str, object]


def change_case(case_id: UUID, version: int, body: Body) -> Change:
    """Change a case that is still as it was read."""
    path, tag = _path(case_id), f'"{version}"'
    call = Call("PATCH", path, dict(body), is_repeatable=False, if_match=tag)
    action = "case.stepped" if "state" in body else "case.changed"
    told = {"fields": sorted(body), **{k: v for k, v in body.items() if k in {"state", "owner"}}}
    return _change(action, str(case_id), call, told)


def reopen_case(case_id: UUID, reason: str, key: str) -> Change:
    """Begin a case again."""
    call = Call("POST", f"{_path(case_id)}/reopen", {"reason": reason}, idempotency_key=key)
    return _change("case.reopened", str(case_id), call, {})


def decide_case(case_id: UUID, body: Body, key: str) -> Change:
    """Decide about a disputed tier."""
    call = Call("POST", f"{_path(case_id)}/decision", dict(body), idempotency_key=key)
    told = {name: body.get(name) for name in ("decision", "programme", "tier", "ends_at")}
    return _change("case.decided", str(case_id), call, told)


def report_case(body: Body, key: str) -> Change:
    """Open a case for something told to staff."""
    call = Call("POST", "/v1/cases", dict(body), idempotency_key=key)
    return _change("case.opened", "new", call, _said(body))


def record_feedback(body: Body, key: str) -> Change:
    """Write down a rating told to staff."""
    call = Call("POST", "/v1/feedback", dict(body), idempotency_key=key)
    return _change("feedback.recorded", "new", call, _said(body))


def note_contact(case_id: UUID, body: Body, key: str) -> Change:
    """Note a contact with the customer of a case."""
    sent = {**body, "case_id": str(case_id)}
    call = Call("POST", "/v1/interactions", sent, idempotency_key=key)
    return _change("case.contact_noted", str(case_id), call, {"kind": body.get("kind")})


def _path(case_id: UUID) -> str:
    return f"/v1/cases/{quote(str(case_id), safe='')}"


def _said(body: Body) -> dict[str, object]:
    return {name: body.get(name) for name in ("kind", "channel")}


def _change(action: str, subject: str, call: Call, details: Body) -> Change:
    told = {name: value for name, value in details.items() if value is not None}
    may = Permission.CASES_CHANGE
    return Change(may, action, f"case:{subject}", Service.FEEDBACK, call, told)

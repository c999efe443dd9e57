"""What people write for care: playbooks, surveys and experiments, and what they set going."""

from collections.abc import Mapping
from typing import Literal
from urllib.parse import quote

from services.console.accounts.roles import Permission
from services.console.visiting.changes import Change
from services.console.visiting.services import Service
from shared.clients.transport import Call

#: What care is written down in; the plural is its address at feedback.
Noun = Literal["playbook", "survey", "experiment"]


def create_document(noun: Noun, document: Mapping[str, object], key: str) -> Change:
    """Write a new one; its document names its key."""
    call = Call("POST", f"/v1/{noun}s", dict(document), idempotency_key=key)
    return _change(f"{noun}.created", noun, str(document.get("key")), call)


def write_document(noun: Noun, name: str, document: Mapping[str, object], version: int) -> Change:
    """Write one anew that is still as it was read."""
    path, tag = _path(noun, name), f'"{version}"'
    call = Call("PUT", path, dict(document), is_repeatable=False, if_match=tag)
    return _change(f"{noun}.changed", noun, name, call, version=version)


def set_state(noun: Noun, name: str, document: Mapping[str, object], version: int) -> Change:
    """Write one anew with another state; the audit log names it."""
    written = write_document(noun, name, document, version)
    details = {**written.details, "state": document.get("state")}
    action = f"{noun}.{document.get('state')}"
    return Change(written.may, action, written.subject, written.service, written.call, details)


def turn(noun: Noun, name: str, verb: Literal["open", "close", "start", "stop"]) -> Change:
    """Set one going, or end it; asked for twice it is done once."""
    return _change(f"{noun}.{verb}", noun, name, Call("POST", f"{_path(noun, name)}/{verb}"))


def run_playbook(name: str, reason: str, key: str) -> Change:
    """Ask a playbook to look at its audience now."""
    path = f"{_path('playbook', name)}/run"
    call = Call("POST", path, {"reason": reason}, idempotency_key=key)
    return _change("playbook.run", "playbook", name, call)


def invite(name: str, wanted: Mapping[str, object], key: str) -> Change:
    """Ask customers to answer a survey; each gets a link of their own."""
    call = Call("POST", f"{_path('survey', name)}/invitations", dict(wanted), idempotency_key=key)
    return _change("survey.invited", "survey", name, call, segment=wanted.get("segment"))


def _path(noun: Noun, name: str) -> str:
    return f"/v1/{noun}s/{quote(name, safe='')}"


def _change(action: str, noun: Noun, name: str, call: Call, **details: object) -> Change:
    told = {key: value for key, value in details.items() if value is not None}
    return Change(Permission.CARE_CHANGE, action, f"{noun}:{name}", Service.FEEDBACK, call, told)

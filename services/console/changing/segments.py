"""What people change of segments: made, written anew, taken away."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from services.console.accounts.roles import Permission
from services.console.visiting.changes import Change
from services.console.visiting.services import Service
from shared.clients.transport import Call


def create_segment(segment: str, body: Mapping[str, Any], key: str) -> Change:
    """Define a segment."""
    call = Call("POST", "/v1/segments", {"key": segment, **body}, idempotency_key=key)
    return _change("segment.created", segment, call)


def write_segment(segment: str, body: Mapping[str, Any], version: int) -> Change:
    """Write a segment anew that is still as it was read."""
    tag = f'"{version}"'
    call = Call("PUT", _path(segment), dict(body), is_repeatable=False, if_match=tag)
    return _change("segment.changed", segment, call)


def delete_segment(segment: str) -> Change:
    """Take a segment away."""
    return _change("segment.deleted", segment, Call("DELETE", _path(segment)))


def _path(segment: str) -> str:
    return f"/v1/segments/{quote(segment, safe='')}"


def _change(action: str, segment: str, call: Call) -> Change:
    return Change(
        may=Permission.SEGMENTS_CHANGE,
        action=action,
        subject=f"segment:{segment}",
        service=Service.SCORING,
        call=call,
    )

"""What people change of the data that arrives: replays, imports, who has an identifier."""

from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote
from uuid import UUID

from services.console.accounts.roles import Permission
from services.console.visiting.changes import Change
from services.console.visiting.services import Service
from shared.clients.transport import Call

#: Records tried again with one call: a few seconds of work.
REPLAYED_AT_ONCE: Final = 50
#: A large file takes its time; the service writes it to disk as it comes.
_UPLOAD_WITHIN_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be taken in, and how; `read` gives its bytes, piece by piece."""

    file_name: str
    content_type: str
    read: Callable[[], AsyncIterable[bytes]]
    mapping: str | None
    currency: str | None
    source: str | None
    is_dry_run: bool


def replay_record(quarantine_id: UUID, body: object | None) -> Change:
    """Read a record again, corrected where a body is given."""
    path = f"/v1/quarantine/{quote(str(quarantine_id), safe='')}/replay"
    call = Call("POST", path, None if body is None else {"body": body})
    told: dict[str, object] = {"corrected": body is not None}
    return _change("quarantine.replayed", f"quarantine:{quarantine_id}", call, told)


def replay_waiting(source: str | None, reason: str | None, cursor: UUID | None) -> Change:
    """Read the next records of a source and a reason again."""
    chosen = {"source": source, "reason": reason}
    named = {name: value for name, value in chosen.items() if value is not None}
    query = None if cursor is None else {"cursor": str(cursor)}
    body = {**named, "limit": REPLAYED_AT_ONCE}
    call = Call("POST", "/v1/quarantine/replay", body, query=query, timeout_s=60.0)
    return _change("quarantine.replayed_all", "quarantine", call, dict(named))


def upload_file(upload: Upload) -> Change:
    """Send a file of purchases; the worker takes it in afterwards."""
    given = {
        "mapping": upload.mapping,
        "currency": upload.currency,
        "source": upload.source,
        "file_name": upload.file_name,
        "dry_run": "true" if upload.is_dry_run else "false",
    }
    call = Call(
        "POST",
        "/v1/imports",
        query={name: value for name, value in given.items() if value is not None},
        is_repeatable=False,
        timeout_s=_UPLOAD_WITHIN_S,
        content=upload.read,
        content_type=upload.content_type,
    )
    told: dict[str, object] = {"file": upload.file_name, "dry_run": upload.is_dry_run}
    return _change("import.started", f"source:{upload.source or '-'}", call, told)


def settle_conflict(conflict_id: UUID, keep: Literal["holder", "claimant"]) -> Change:
    """Say who has a contested identifier from now on."""
    path = f"/v1/identity-conflicts/{quote(str(conflict_id), safe='')}/resolve"
    return Change(
        Permission.CUSTOMERS_CHANGE,
        "conflict.resolved",
        f"conflict:{conflict_id}",
        Service.INGEST,
        Call("POST", path, {"keep": keep}, is_repeatable=False),
        {"keep": keep},
    )


def _change(action: str, subject: str, call: Call, details: dict[str, object]) -> Change:
    return Change(Permission.DATA_CHANGE, action, subject, Service.INGEST, call, details)

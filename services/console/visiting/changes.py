"""What somebody asks a service to change, and the reason it is never done without."""

from dataclasses import dataclass, field
from typing import Final

from services.console.accounts.roles import Permission
from services.console.visiting.services import Service
from shared.clients.transport import Call

MAX_REASON: Final = 500


@dataclass(frozen=True, slots=True)
class Change:
    """One change: who may make it, what the audit log calls it, and the call that makes it."""

    may: Permission
    #: such as `customer.pinned`; its words are `audit.<action>` in the catalogue where it has some
    action: str
    #: such as `customer:c-1`
    subject: str
    service: Service
    call: Call
    #: what the audit entry tells beside the reason; nothing that names a customer but their id
    details: dict[str, object] = field(default_factory=dict)


class NotAllowed(Exception):
    """The role of this person does not allow it."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission.value)
        self.permission = permission


class ReasonMissing(Exception):
    """Every change has a reason of 3 to 500 characters."""


class NotAccepted(Exception):
    """The console itself refuses; `key` names the words for why."""

    def __init__(self, key: str, **parts: object) -> None:
        super().__init__(key)
        self.key = key
        self.parts = parts


class SessionOver(Exception):
    """The session has ended: sign in again."""


def checked_reason(text: str | None) -> str:
    """Give the reason without white space around it; raises ReasonMissing."""
    reason = " ".join((text or "").split())
    if not 3 <= len(reason) <= MAX_REASON:
        raise ReasonMissing
    return reason

"""What the audit log holds, and which of it somebody asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Noted:
    """One act: who did what to what, and when."""

    audit_id: UUID
    at: datetime
    actor: str
    action: str
    subject: str
    details: Mapping[str, Any]

    @property
    def reason(self) -> str | None:
        """Give the reason that was told with the act, if any was."""
        found = self.details.get("reason")
        return found if isinstance(found, str) and found else None


@dataclass(frozen=True, slots=True)
class Searched:
    """Which acts: by whom, of which kind, done to what, from `since` on, before `until`."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Place(NamedTuple):
    """Where a page of the log ends."""

    at: datetime
    audit_id: UUID

"""Who is here, and whom the console knows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.console.accounts.roles import Permission, Role, may
from services.console.words import Language

#: How the console is painted; `auto` asks the machine.
Look = Literal["light", "dark", "auto"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in, as they were when the session was last looked at."""

    user_id: UUID
    name: str
    display: str
    role: Role
    language: Language
    look: Look
    session_id: UUID

    @property
    def actor(self) -> str:
        """Name them as the audit log does."""
        return f"user:{self.name}"

    def may(self, permission: Permission) -> bool:
        """Tell whether their role is allowed something."""
        return may(self.role, permission)


@dataclass(frozen=True, slots=True)
class User:
    """One account; what proves who signs in is not in it."""

    user_id: UUID
    name: str
    display: str
    role: Role
    language: Language | None
    look: Look
    has_password: bool
    is_from_provider: bool
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One place where somebody is signed in."""

    session_id: UUID
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    agent: str

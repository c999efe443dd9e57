"""Whom the console knows, and where they are signed in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.console.accounts.person import Language, Look
from services.console.accounts.roles import Role


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

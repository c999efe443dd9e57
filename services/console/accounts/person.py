"""Who is here: what every request and every websocket of the console carries of a person."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.console.accounts.roles import Permission, Role, may
from shared.keys import PERSON_PREFIX


class Language(StrEnum):
    """What the console speaks."""

    ENGLISH = "en"
    CHINESE = "zh"


class Look(StrEnum):
    """How the console is painted; the machine knows whether it is day."""

    LIGHT = "light"
    DARK = "dark"
    MACHINE = "auto"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in, as they were when the session was last looked at."""

    user_id: UUID
    name: str
    display: str
    role: Role
    language: Language | None
    look: Look
    session_id: UUID

    @property
    def actor(self) -> str:
        """Name them as the audit log does."""
        return PERSON_PREFIX + self.name

    def may(self, permission: Permission) -> bool:
        """Tell whether their role is allowed something."""
        return may(self.role, permission)

"""What the running console has for every visit; made at its start, given to pages by the guard."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from services.console.accounts.coming_back import Returning
from services.console.accounts.person import Language, Look, Person
from services.console.settings import ConsoleSettings
from services.console.visiting.services import Line, Service
from shared.clock import Clock


@dataclass(frozen=True, slots=True)
class Entry:
    """What the audit log is told before a change is asked for."""

    actor: str
    action: str
    subject: str
    details: dict[str, object]


class Accounts(Protocol):
    """Who may use the console, and what they did."""

    async def live(self, session_id: UUID) -> Person | None:
        """Give the person of a session that has not ended; None when it has."""
        ...

    async def prefer(
        self, person: Person, *, language: Language | None = None, look: Look | None = None
    ) -> None:
        """Keep how somebody wants the console shown."""
        ...

    async def open_entry(self, entry: Entry) -> UUID:
        """Write down what is about to be changed; give the entry's id."""
        ...

    async def close_entry(self, audit_id: UUID, outcome: str) -> None:
        """Write down what became of it: done, refused, away."""
        ...


@dataclass(frozen=True, slots=True)
class House:
    """Everything a visit uses."""

    settings: ConsoleSettings
    accounts: Accounts
    lines: dict[Service, Line]
    clock: Clock
    zone: ZoneInfo
    #: what makes and keeps reports; changing/reports.py knows it as what it is
    reports: object
    #: pages whose session ended, and went on with the next
    returning: Returning
    #: of the shop; None until settings or the first receipts name one
    currency: str | None

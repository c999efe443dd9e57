"""One person on one page: what they read, what they change, in which words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel

from services.console.accounts.person import Language, Person
from services.console.accounts.roles import Permission
from services.console.visiting.changes import Change, NotAllowed, SessionOver, checked_reason
from services.console.visiting.formats import Formats
from services.console.visiting.house import Entry, House
from services.console.visiting.services import Remote, Service, ServiceAway, ServiceRefused
from services.console.words import said, said_or
from shared.contracts.common import LocalText

Reply = TypeVar("Reply", bound=BaseModel)


class Seat:
    """Whose page it is; after they signed in again it goes on with their new session."""

    __slots__ = ("person",)

    def __init__(self, person: Person) -> None:
        self.person = person


@dataclass(frozen=True)  # no slots: what is cached lives beside the fields
class Visit:
    """Who is here and what the console has for them."""

    house: House
    seat: Seat
    language: Language
    is_dark: bool
    #: what the page itself is only for
    needs: Permission = Permission.READ

    @property
    def person(self) -> Person:
        """Give who is here."""
        return self.seat.person

    @cached_property
    def formats(self) -> Formats:
        """Give how numbers, money and dates are written here."""
        return Formats(self.language, self.house.zone)

    def say(self, key: str, **parts: object) -> str:
        """Give a text of the catalogue; raises UnknownWord."""
        return said(self.language, key, **parts)

    def say_or(self, key: str, otherwise: str) -> str:
        """Give the text of a key made from data, else what the data says itself."""
        return said_or(self.language, key, otherwise)

    def local(self, text: LocalText | Mapping[str, str] | None) -> str:
        """Give a text that services hold in both languages."""
        if text is None:
            return ""
        if isinstance(text, LocalText):
            return text.zh if self.language is Language.CHINESE else text.en
        return text.get(self.language) or next(iter(text.values()), "")

    def now(self) -> datetime:
        """Tell the instant on the business clock."""
        return self.house.clock.now()

    def may(self, permission: Permission) -> bool:
        """Tell whether this person's role allows something."""
        return self.person.may(permission)

    @property
    def ingest(self) -> Remote:
        """Give the way to ingest."""
        return self._remote(Service.INGEST)

    @property
    def scoring(self) -> Remote:
        """Give the way to scoring."""
        return self._remote(Service.SCORING)

    @property
    def feedback(self) -> Remote:
        """Give the way to feedback."""
        return self._remote(Service.FEEDBACK)

    def _remote(self, service: Service) -> Remote:
        return Remote(self.house.lines[service], self._admit)

    async def _admit(self) -> str:
        return (await self.here()).actor

    async def here(self) -> Person:
        """Give who is here, session and role looked at anew: a page may stay open for hours.

        What reads without a service asks this first. Raises SessionOver, and NotAllowed where
        their role no longer has what the page is for.
        """
        asked = self.person.session_id
        person = await self.house.accounts.live(asked)
        if person is None:
            raise SessionOver
        if self.person.session_id == asked:  # else they went on with their next one meanwhile
            self.seat.person = person
        if not person.may(self.needs):
            raise NotAllowed(self.needs)
        return person

    async def make(self, change: Change, reason: str | None, reply: type[Reply]) -> Reply:
        """Make a change and read its answer.

        Asks for the session and the role anew. Who, what and why are in the audit log before the
        call is made, its outcome after. Raises SessionOver, NotAllowed, ReasonMissing, ServiceAway,
        ServiceRefused.
        """
        audit_id = await self._note(change, reason)
        try:
            answer = await self._remote(change.service).ask(change.call, reply)
        except (ServiceAway, ServiceRefused) as error:
            await self.house.accounts.close_entry(audit_id, _outcome(error))
            raise
        await self.house.accounts.close_entry(audit_id, "done")
        return answer

    async def do(self, change: Change, reason: str | None) -> None:
        """Make a change whose answer does not matter; raises what `make` does."""
        audit_id = await self._note(change, reason)
        try:
            await self._remote(change.service).tell(change.call)
        except (ServiceAway, ServiceRefused) as error:
            await self.house.accounts.close_entry(audit_id, _outcome(error))
            raise
        await self.house.accounts.close_entry(audit_id, "done")

    async def _note(self, change: Change, reason: str | None) -> UUID:
        checked = checked_reason(reason)
        person = await self.here()
        if not person.may(change.may):
            raise NotAllowed(change.may)
        details = {"reason": checked, "role": str(person.role), **change.details}
        entry = Entry(person.actor, change.action, change.subject, details)
        return await self.house.accounts.open_entry(entry)


def _outcome(error: ServiceAway | ServiceRefused) -> str:
    if isinstance(error, ServiceAway):
        return f"away: {error.service.value}"
    return f"refused: {error.problem.status} {error.problem.code}"

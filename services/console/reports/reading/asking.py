"""Ask a service for a part of a deck: one that is away leaves its part out, and is remembered."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from services.console.decks.words import Words
from services.console.visiting.services import Service, query_of
from shared.clients.transport import Call, RemoteProblem, RemoteUnavailable, Transport
from shared.contracts.common import LocalText, Page

Reply = TypeVar("Reply", bound=BaseModel)
Item = TypeVar("Item", bound=BaseModel)
#: They keep us out, or cannot answer: either way nothing is known. Other refusals say "not there".
_AWAY: Final = frozenset({401, 403, 408, 429})
#: A report may wait longer than a page.
_PATIENCE_S: Final = 20.0
#: Nobody waits before a screen: a service that is just restarted is asked again.
_PAUSES_S: Final = (1.0, 4.0)


@dataclass(frozen=True, slots=True)
class Asker:
    """The ways to the services, the dates asked about, and who did not answer so far."""

    transports: Mapping[Service, Transport]
    first: date
    last: date
    zone: ZoneInfo
    away: set[Service] = field(default_factory=set)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def get(
        self, service: Service, path: str, reply: type[Reply], query: Mapping[str, object] = {}
    ) -> Reply | None:
        """Read something; None where there is no such thing, or nobody answers."""
        call = Call("GET", path, query=query_of(query), timeout_s=_PATIENCE_S)
        for pause in (*_PAUSES_S, None):
            try:
                return await self.transports[service].ask(call, reply)
            except RemoteUnavailable:
                if pause is None or service in self.away:
                    self.away.add(service)
                    return None
                await self.sleep(pause)
            except RemoteProblem as problem:
                if problem.status >= 500 or problem.status in _AWAY:
                    self.away.add(service)
                return None
        return None

    async def pages(
        self,
        service: Service,
        path: str,
        item: type[Item],
        query: Mapping[str, object] = {},
    ) -> AsyncIterator[Page[Item]]:
        """Read a list page by page; it ends early where nobody answers."""
        cursor: str | None = None
        while True:
            page = await self.get(service, path, Page[item], {**query, "cursor": cursor})  # type: ignore[valid-type]  # made at run time
            if page is None:
                return
            yield page
            cursor = page.next_cursor
            if cursor is None:
                return

    async def listed(
        self, service: Service, path: str, item: type[Item], *, most: int
    ) -> list[Item] | None:
        """Read the first so many of a list; None where nobody answers."""
        found: list[Item] | None = None
        async for page in self.pages(service, path, item):
            found = [*(found or []), *page.items]
            if len(found) >= most:
                break
        return None if found is None else found[:most]

    async def beside(
        self,
        service: Service,
        things: Sequence[Item],
        path_of: Callable[[Item], str],
        reply: type[Reply],
    ) -> list[tuple[Item, Reply]]:
        """Read one thing more of each; those of which there is none are left out."""
        found = await asyncio.gather(*(self.get(service, path_of(each), reply) for each in things))
        return [(each, more) for each, more in zip(things, found, strict=True) if more is not None]


def words_of(text: LocalText) -> Words:
    """Take over a text in both languages."""
    return Words(text.en, text.zh)

"""Visits for tests: a made-up person, and services that answer what the test says."""

import gc
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from inspect import isawaitable
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
from nicegui import Client, core
from nicegui.testing import User
from nicegui.testing.general import nicegui_reset_globals, prepare_simulation
from starlette.types import ASGIApp, Receive, Scope, Send

from services.console.accounts import people
from services.console.accounts.coming_back import Returning
from services.console.accounts.people import OpenSession
from services.console.accounts.person import Language, Look, Person
from services.console.accounts.roles import Role
from services.console.accounts.users import UnknownUser
from services.console.pages import import_pages
from services.console.parts.frame import register_pages
from services.console.settings import ConsoleSettings
from services.console.visiting.house import Entry, House
from services.console.visiting.services import Line, Service
from services.console.visiting.visit import Seat, Visit
from shared.clients.transport import Transport
from shared.clock import FixedClock
from tests.unit.console.report_shelf import FakeReports

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
#: "GET /v1/cases" -> what is answered: a body, (status, body), or None where the service is away.
Answers = Mapping[str, Any]


@dataclass(slots=True)
class FakeUsers:
    """Users and their sessions as lists, for the pages that show them."""

    known: list[people.User] = field(default_factory=list)
    open: list[OpenSession] = field(default_factory=list)

    async def page(self, after: str = "", limit: int = 100) -> tuple[list[people.User], str]:
        left = [user for user in self.known if user.name > after]
        return left[:limit], left[limit - 1].name if len(left) > limit else ""

    async def require(self, user_id: UUID) -> people.User:
        for user in self.known:
            if user.user_id == user_id:
                return user
        raise UnknownUser

    async def of_user(self, _: UUID) -> list[OpenSession]:
        return self.open


@dataclass(slots=True)
class FakeAccounts:
    """Accounts of one person; what is changed is written down here."""

    person: Person | None
    users: FakeUsers = field(default_factory=FakeUsers)
    entries: list[Entry] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)

    @property
    def sessions(self) -> FakeUsers:
        return self.users

    async def live(self, session_id: UUID) -> Person | None:
        known = self.person is not None and session_id == self.person.session_id
        return self.person if known else None

    async def prefer(
        self, person: Person, *, language: Language | None = None, look: Look | None = None
    ) -> None:
        self.person = replace(
            person, language=language or person.language, look=look or person.look
        )

    async def open_entry(self, entry: Entry) -> UUID:
        self.entries.append(entry)
        return uuid4()

    async def close_entry(self, audit_id: UUID, outcome: str) -> None:
        self.outcomes.append(outcome)


@dataclass(slots=True)
class Stage:
    """One visit, what was asked of the services, and what the accounts were told."""

    visit: Visit
    accounts: FakeAccounts
    asked: list[httpx.Request]

    def bodies(self, call: str) -> list[Any]:
        """Give the bodies that were sent with `POST /v1/...`."""
        sent = (r for r in self.asked if f"{r.method} {r.url.path}" == call)
        return [json.loads(request.content) for request in sent]


def stage(
    answers: Answers | None = None,
    *,
    role: Role = Role.ADMIN,
    language: Language = Language.ENGLISH,
) -> Stage:
    """Make a visit whose services answer what is said here, and nothing else."""
    asked: list[httpx.Request] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return await _answered({} if answers is None else answers, request)

    person = Person(uuid4(), "lin", "Lin", role, language, Look.LIGHT, uuid4())
    accounts = FakeAccounts(person, FakeUsers([_user(person)]))
    lines = {}
    for service in Service:
        http = httpx.AsyncClient(
            transport=httpx.MockTransport(answer), base_url=f"http://{service.value}"
        )
        lines[service] = Line(service, Transport(http, sleep=_at_once), http)
    house = House(
        settings=ConsoleSettings(),
        accounts=accounts,
        lines=lines,
        reports=FakeReports(),
        returning=Returning(),
        clock=FixedClock(NOW),
        zone=ZoneInfo("Asia/Shanghai"),
        currency="CNY",
    )
    return Stage(Visit(house, Seat(person), language, is_dark=False), accounts, asked)


def _user(person: Person) -> people.User:
    return people.User(
        user_id=person.user_id,
        name=person.name,
        display=person.display,
        role=person.role,
        language=person.language,
        look=person.look,
        has_password=True,
        is_from_provider=False,
        created_at=NOW,
        disabled_at=None,
    )


async def _at_once(_: float) -> None:
    return


async def _answered(answers: Answers, request: httpx.Request) -> httpx.Response:
    call = f"{request.method} {request.url.path}"
    said = answers.get(call, (404, {"detail": f"the test answers no {call}"}))
    if isawaitable(said):
        said = await said
    if said is None:
        raise httpx.ConnectError("away")
    status, body = said if isinstance(said, tuple) else (200, said)
    return httpx.Response(status, json=body)


class _Stated:
    """What the guard does for a request: says who is here."""

    def __init__(self, app: ASGIApp, who: Callable[[], Visit]) -> None:
        self._app, self._who = app, who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        visit = self._who()
        scope.setdefault("state", {}).update(person=visit.person, house=visit.house)
        await self._app(scope, receive, send)


@asynccontextmanager
async def browsing(visit: Visit | Callable[[], Visit]) -> AsyncIterator[User]:
    """Open the console's pages without a browser, as NiceGUI's simulated user.

    A function says anew for each page whose visit it is.
    """
    who = visit if callable(visit) else lambda: visit
    # NiceGUI collects garbage twice for each simulation: what was there before need not be looked
    # at again (0.3 s a test with a test process's objects, more than all the rest of it).
    gc.freeze()
    with nicegui_reset_globals():
        prepare_simulation()
        import_pages()
        register_pages()
        async with core.app.router.lifespan_context(core.app):
            transport = httpx.ASGITransport(_Stated(core.app, who))
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                yield User(client)
        # Else NiceGUI would forget the modules of the pages, and every class in them be made twice.
        Client.page_routes.clear()

"""What people do on an open page keeps the session they are in now, not the one they came with."""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from uuid import UUID, uuid4

from starlette.types import Message, Receive, Scope, Send

from services.console.accounts.coming_back import Returning
from services.console.accounts.guard import Guard
from services.console.accounts.person import Language, Look, Person
from services.console.accounts.roles import Role
from services.console.settings import ConsoleSettings

LIN = Person(uuid4(), "lin", "Lin", Role.MARKETER, Language.CHINESE, Look.LIGHT, uuid4())
AGAIN = replace(LIN, session_id=uuid4())
CLICK = '42["event",{"id":1}]'


@dataclass(slots=True)
class FakeSessions:
    kept: list[UUID] = field(default_factory=list)

    async def person_with(self, _: str) -> Person:
        return LIN

    async def keep(self, session_id: UUID) -> None:
        self.kept.append(session_id)


async def heard(returning: Returning, texts: list[str], after: int = 0) -> list[UUID]:
    """Send texts over a socket that was opened with the first session; Lin goes on after some."""
    sessions, left = FakeSessions(), [*texts]

    async def page(_: Scope, receive: Receive, __: Send) -> None:
        for number, _text in enumerate(texts):
            if number == after:
                returning.redeem(returning.issue(AGAIN), LIN)
            await receive()

    async def receive() -> Message:
        return {"type": "websocket.receive", "text": left.pop(0)}

    async def send(_: Message) -> None:
        raise AssertionError("a socket of ours is not closed")

    headers = {"host": "console.shop", "origin": "http://console.shop"}
    scope: Scope = {
        "type": "websocket",
        "path": "/_nicegui_ws/socket.io/",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()]
        + [(b"cookie", b"tierline_session=one")],
        "state": {
            "accounts": SimpleNamespace(sessions=sessions),
            "house": SimpleNamespace(returning=returning),
        },
    }
    await Guard(page, settings=ConsoleSettings())(scope, receive, send)
    return sessions.kept


async def test_a_click_keeps_the_session_until_it_is_gone_on_from_and_then_the_next() -> None:
    kept = await heard(Returning(), [CLICK, CLICK], after=1)
    assert kept == [LIN.session_id, AGAIN.session_id]


async def test_what_a_page_says_of_itself_keeps_no_session() -> None:
    assert await heard(Returning(), ["2", '42["handshake",{}]']) == []


def test_a_page_that_went_on_twice_is_in_the_last_session() -> None:
    returning, third = Returning(), replace(LIN, session_id=uuid4())
    returning.redeem(returning.issue(AGAIN), LIN)
    returning.redeem(returning.issue(third), AGAIN)
    assert returning.latest(LIN.session_id) == returning.latest(AGAIN.session_id)
    assert returning.latest(LIN.session_id) == third.session_id


def test_a_session_nobody_went_on_from_is_itself() -> None:
    returning = Returning()
    returning.redeem("invented", LIN)
    assert returning.latest(LIN.session_id) == LIN.session_id

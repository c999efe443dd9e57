"""A page whose session ended goes on with the next one of its person: nothing typed is lost."""

import secrets
from collections.abc import Callable
from time import monotonic
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, PlainTextResponse

from services.console.accounts.person import Language, Person
from services.console.words import said

HANDLE_PATH: Final = "/session/handle"
BACK_PATH: Final = "/session/back"
_LIVES_S: Final = 60.0
_MOST: Final = 1000

router = APIRouter(include_in_schema=False)


class Returning:
    """Handles that a signed-in browser shows to a page it has open, each once, within a minute."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        """Take a monotonic clock in seconds."""
        self._now = now
        self._held: dict[str, tuple[Person, float]] = {}
        self._gone_on: dict[UUID, UUID] = {}

    def issue(self, person: Person) -> str:
        """Give a handle for the session somebody has now."""
        now = self._now()
        self._held = {h: held for h, held in self._held.items() if held[1] > now}
        while len(self._held) >= _MOST:
            del self._held[next(iter(self._held))]
        handle = secrets.token_urlsafe(32)
        self._held[handle] = (person, now + _LIVES_S)
        return handle

    def redeem(self, handle: str, wanted: Person) -> Person | None:
        """Give the person of a handle if they are the one wanted; a handle works once."""
        person, until = self._held.pop(handle, (None, 0.0))
        if person is None or until <= self._now() or person.user_id != wanted.user_id:
            return None
        self._go_on(wanted.session_id, person.session_id)
        return person

    def latest(self, session_id: UUID) -> UUID:
        """Give the session that pages of an ended one went on with, else the session itself."""
        return self._gone_on.get(session_id, session_id)

    def _go_on(self, ended: UUID, following: UUID) -> None:
        moved = ((was, following if now == ended else now) for was, now in self._gone_on.items())
        self._gone_on = {**dict(moved), ended: following}
        if len(self._gone_on) > _MOST:
            del self._gone_on[next(iter(self._gone_on))]


@router.get(HANDLE_PATH)
async def give_handle(request: Request) -> PlainTextResponse:
    """Give a handle for the session of this browser; the guard has let nobody else in."""
    returning: Returning = request.state.house.returning
    return PlainTextResponse(returning.issue(request.state.person))


@router.get(BACK_PATH)
async def back(request: Request) -> HTMLResponse:
    """Tell somebody who signed in again to go back to the page they had open."""
    language = request.state.person.language or Language.ENGLISH
    text = said(language, "faults.back")
    page = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        "<title>Tierline</title>"
        '<link rel="stylesheet" href="/static/signing_in.css"></head>'
        f'<body><main><h1>Tierline</h1><p class="about">{text}</p></main></body></html>'
    )
    return HTMLResponse(page)

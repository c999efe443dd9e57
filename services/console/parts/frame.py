"""The frame every page stands in, and how a function becomes a page."""

import copy
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, TypeVar, cast

from fastapi import Request
from nicegui import ElementFilter, app, ui
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from services.console.accounts.person import Language, Look, Person
from services.console.accounts.roles import Permission
from services.console.parts import faults
from services.console.parts.downloads import DOWNLOADS, DownloadOf, taken
from services.console.parts.fault_log import shorten
from services.console.parts.navigation import rooms_for
from services.console.visiting.house import House
from services.console.visiting.visit import Seat, Visit

Show = Callable[..., Awaitable[None]]
Answer = TypeVar("Answer", bound=Callable[..., object])
#: How long a page may be read together; services answer far sooner or are told to be away.
BUILT_WITHIN_S: Final = 60.0
#: Written by a line in the head: whether the machine asks for dark.
DARK_COOKIE: Final = "tierline_dark"
_PACKS: Final = {Language.ENGLISH: "en-GB", Language.CHINESE: "zh-CN"}
_HEAD: Final = (
    '<link rel="stylesheet" href="/static/console.css">'
    "<script>document.cookie='" + DARK_COOKIE + "='+"
    "(matchMedia('(prefers-color-scheme: dark)').matches?1:0)+';path=/;SameSite=Lax'</script>"
)


@dataclass(frozen=True, slots=True)
class PageOf:
    """One page: where, in which room of the navigation, who may, what shows it."""

    path: str
    room: str
    may: Permission
    show: Show


PAGES: Final[list[PageOf]] = []


def page(path: str, room: str, *, may: Permission = Permission.READ) -> Callable[[Show], Show]:
    """Make `async def show(visit, ...)` the page at a path; further parameters are as in FastAPI.

    The heading is `<room>.title`; a page names its thing with `heading`.
    """

    def decorate(show: Show) -> Show:
        PAGES.append(PageOf(path, room, may, show))
        return show

    return decorate


def register_pages() -> None:
    """Give every page to NiceGUI; the rooms of pages/ must have been imported."""
    shorten()
    for made in PAGES:
        ui.page(made.path, response_timeout=BUILT_WITHIN_S)(_built(made))
    for given in DOWNLOADS:
        app.add_api_route(given.path, _sent(given), include_in_schema=False)


def _sent(given: DownloadOf) -> Callable[..., Awaitable[Response]]:
    async def sent(request: Request, **parameters: Any) -> Response:
        visit = visit_of(request, given.may)
        if not visit.may(given.may):
            return PlainTextResponse(visit.say("faults.not_allowed"), 403)
        try:
            file = await taken(visit, given, parameters)
        except faults.EXPECTED as error:
            return PlainTextResponse(faults.words_of(visit, error), 502)
        if file is None:
            return PlainTextResponse(visit.say("faults.status_404"), 404)
        return StreamingResponse(file.pieces, media_type=file.media_type, headers=file.headers)

    return _asking_alike(sent, given.give)


def _built(made: PageOf) -> Callable[..., Awaitable[None]]:
    async def built(request: Request, **parameters: Any) -> None:
        visit = visit_of(request, made.may)
        if not visit.may(made.may):
            # The frame is theirs all the same: its switches must not ask for the page's permission.
            visit = replace(visit, needs=Permission.READ)
        ui.context.client.on_exception(partial(faults.tell, visit))
        _speak(visit, made)
        with _framed(visit, made.room):
            if not visit.may(made.may):
                ui.context.client.status_code = 403
                ui.label(visit.say("faults.not_allowed")).props("role=alert")
                return
            try:
                await made.show(visit, **parameters)
            except faults.EXPECTED as error:
                faults.fault_card(visit, faults.Fault(error))

    return _asking_alike(built, made.show)


def _asking_alike(asked: Answer, shown: Callable[..., object]) -> Answer:
    """Let a function take a request and, behind it, what another one takes behind its visit."""
    taken = list(inspect.signature(shown).parameters.values())[1:]
    request = inspect.Parameter(
        "request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Request
    )
    keywords = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in taken]
    cast(Any, asked).__signature__ = inspect.Signature([request, *keywords])
    return asked


def visit_of(request: Request, needs: Permission) -> Visit:
    """Say who asks for what needs a permission; the guard has put them and the house there."""
    person: Person = request.state.person
    house: House = request.state.house
    language = person.language or Language.ENGLISH
    is_dark = person.look is Look.DARK or (
        person.look is Look.MACHINE and request.cookies.get(DARK_COOKIE) == "1"
    )
    return Visit(house, Seat(person), language, is_dark, needs)


def _speak(visit: Visit, made: PageOf) -> None:
    """Give this one client its language and look: NiceGUI keeps them for a page of all clients."""
    client = ui.context.client
    own = copy.copy(client.page)
    own.language = cast(Any, _PACKS[visit.language])
    own.dark = visit.is_dark
    client.page = own
    client.title = f"{visit.say(made.room + '.title')} · Tierline"
    ui.add_head_html(_HEAD)
    ui.colors(
        primary="#0e5a6b",
        secondary="#5b6770",
        accent="#b4511a",
        positive="#1d7a46",
        negative="#b3261e",
        warning="#8a5a00",
        info="#1f5fa8",
    )


def _framed(visit: Visit, room: str) -> ui.element:
    _skip_link(visit)
    drawer = _drawer(visit, room)
    _header(visit, drawer)
    with ui.element("div").classes("tl-page").props("id=content tabindex=-1") as content:
        with ui.element("h1").classes("tl-title"):
            ui.label(visit.say(f"{room}.title")).mark("title")
    return content


def _skip_link(visit: Visit) -> None:
    ui.link(visit.say("parts.skip"), "#content").classes("tl-skip")


def _header(visit: Visit, drawer: ui.left_drawer) -> None:
    with ui.header().classes("tl-header"):
        menu = ui.button(icon="menu", on_click=drawer.toggle).props("flat round color=white")
        menu.props["aria-label"] = visit.say("parts.menu")
        ui.link("Tierline", "/").classes("tl-brand")
        ui.space()
        _language_switch(visit)
        _look_switch(visit)
        _who(visit)


def _language_switch(visit: Visit) -> None:
    other = Language.ENGLISH if visit.language is Language.CHINESE else Language.CHINESE

    async def switch() -> None:
        await visit.house.accounts.prefer(await visit.here(), language=other)
        ui.navigate.reload()

    # its name as it is read is its name as it is heard: "EN" called English is a fault for axe
    label = {Language.ENGLISH: "English", Language.CHINESE: "中文"}[other]
    button = ui.button(label, on_click=switch).props("flat dense color=white no-caps")
    button.props["lang"] = _PACKS[other]


def _look_switch(visit: Visit) -> None:
    async def switch() -> None:
        look = Look.LIGHT if visit.is_dark else Look.DARK
        await visit.house.accounts.prefer(await visit.here(), look=look)
        ui.navigate.reload()

    icon = "light_mode" if visit.is_dark else "dark_mode"
    button = ui.button(icon=icon, on_click=switch).props("flat round dense color=white")
    button.props["aria-label"] = visit.say("parts.to_light" if visit.is_dark else "parts.to_dark")


def _who(visit: Visit) -> None:
    with ui.button(icon="account_circle").props("flat round dense color=white") as button:
        button.props["aria-label"] = visit.say("parts.account")
        with ui.menu().props("anchor='bottom right' self='top right'"):
            with ui.element("div").classes("tl-who"):
                ui.label(visit.person.display)
                ui.label(visit.say(f"parts.role_{visit.person.role}")).classes("tl-note")
                ui.label(visit.say("parts.zone", zone=visit.house.zone)).classes("tl-note")
                ui.link(visit.say("parts.my_account"), "/account")
                with ui.element("form").props("method=post action=/logout"):
                    ui.button(visit.say("parts.sign_out")).props("flat dense no-caps type=submit")


def _drawer(visit: Visit, room: str) -> ui.left_drawer:
    drawer = ui.left_drawer(value=False, bordered=True).classes("tl-drawer")
    drawer.props("width=216 breakpoint=1023 show-if-above")
    with drawer, ui.element("nav") as nav:
        nav.props["aria-label"] = visit.say("parts.menu")
        for entry in rooms_for(visit):
            link = ui.link(target=entry.path).classes("tl-nav")
            if entry.key == room:
                link.classes("tl-here").props("aria-current=page")
            with link:
                ui.icon(entry.icon).props("aria-hidden=true")
                ui.label(visit.say(f"{entry.key}.title"))
    return drawer


def heading(text: str, *, level: int = 2) -> None:
    """Head a part of a page; levels go down one by one."""
    with ui.element(f"h{level}").classes(f"tl-h{level}"):
        ui.label(text)


def retitle(text: str) -> None:
    """Name the thing a page is about: its heading, and the tab of the browser."""
    for label in ElementFilter(kind=ui.label, marker="title"):
        label.set_text(text)
    ui.context.client.title = f"{text} · Tierline"

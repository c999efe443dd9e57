"""What both ways in answer with: the page with a fault, or a session and the way on."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.console.accounts import cookies
from services.console.accounts.keeper import Keeper
from services.console.accounts.origins import address_of
from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from services.console.accounts.sessions import Place
from services.console.accounts.sign_in_page import POLICY, SignInPage, language_of, rendered

FRONT: Final = "/"
#: Where somebody's work waits, if not on the overview.
BEGINS_AT: Final[Mapping[Role, str]] = {Role.SERVICE: "/cases", Role.OPS: "/ops"}


async def keeper_of(request: Request) -> Keeper:
    """Give the door of the running console."""
    keeper: Keeper = request.state.accounts
    return keeper


Door = Annotated[Keeper, Depends(keeper_of)]


def answered(  # noqa: PLR0913 - what the page shows, all by name
    request: Request,
    door: Keeper,
    status: int = 200,
    *,
    language: Language | None = None,
    next_path: str = "/",
    name: str = "",
    fault: str | None = None,
) -> Response:
    """Answer with the sign-in page, its form bound to this browser."""
    token = door.seal.form_token(request.cookies.get(cookies.FORM))
    page = SignInPage(
        language=language or chosen_language(request),
        token=token,
        next=next_path,
        name=name,
        fault=fault,
        has_provider=door.provider is not None,
    )
    headers = {"Content-Security-Policy": POLICY}
    response = HTMLResponse(rendered(page), status, headers=headers)
    set_cookie(response, door, cookies.FORM, token)
    return response


async def let_in(door: Keeper, token: str, next_path: str) -> Response:
    """Hand over the session and go on; who asked for no page begins where their work waits."""
    if next_path == FRONT:
        person = await door.sessions.person_with(token)
        next_path = next_path if person is None else BEGINS_AT.get(person.role, FRONT)
    response = RedirectResponse(next_path, 303)
    age_s = int(door.settings.session_hours * 3600)
    set_cookie(response, door, cookies.SESSION, token, age_s=age_s)
    return response


def chosen_language(request: Request) -> Language:
    """Choose the page's language: just chosen, chosen before, or what the browser likes."""
    chosen = request.query_params.get("language") or request.cookies.get(cookies.LANGUAGE)
    return language_of(chosen, request.headers.get("accept-language", ""))


def place_of(request: Request, door: Keeper) -> Place:
    """Say from where and with what somebody signs in."""
    client = request.client.host if request.client else ""
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    address = address_of(client, forwarded, door.settings.trusted_proxies)
    return Place(address, request.headers.get("user-agent", ""))


def set_cookie(
    response: Response, door: Keeper, name: str, value: str, *, age_s: int | None = None
) -> None:
    """Set a cookie that no script reads and no other site's form sends."""
    response.set_cookie(
        name,
        value,
        max_age=age_s,
        path="/",
        secure=door.settings.cookie_secure,
        httponly=True,
        samesite="lax",
    )

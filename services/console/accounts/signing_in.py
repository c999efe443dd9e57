"""The way in and out: /login, /logout, and the shop's own provider below /oidc."""

from collections.abc import Mapping
from math import ceil
from typing import Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.console.accounts import cookies, oidc_routes
from services.console.accounts.keeper import WrongPassword
from services.console.accounts.origins import local_path
from services.console.accounts.sign_in_answers import (
    Door,
    answered,
    chosen_language,
    let_in,
    place_of,
    set_cookie,
)
from services.console.accounts.sign_in_page import wait_words
from services.console.accounts.trying import TooManyTries
from services.console.words import said

router = APIRouter(include_in_schema=False)
router.include_router(oidc_routes.router)
_LONGEST_FORM: Final = 16_384
_YEAR_S: Final = 365 * 86_400
_FORM_TYPE: Final = "application/x-www-form-urlencoded"


@router.get("/login")
async def show(request: Request, door: Door) -> Response:
    """Show the sign-in page; who is signed in goes on."""
    next_path = local_path(request.query_params.get("next"))
    token = request.cookies.get(cookies.SESSION)
    if token is not None and await door.sessions.person_with(token) is not None:
        return RedirectResponse(next_path, 303)
    language = chosen_language(request)
    response = answered(request, door, language=language, next_path=next_path)
    if request.query_params.get("language") == language.value:
        set_cookie(response, door, cookies.LANGUAGE, language.value, age_s=_YEAR_S)
    return response


@router.post("/login")
async def sign_in(request: Request, door: Door) -> Response:
    """Let somebody in by name and password."""
    form = await _form_of(request)
    language, name = chosen_language(request), form.get("name", "")[:200]
    next_path = local_path(form.get("next"))
    if not door.seal.is_from_our_form(request.cookies.get(cookies.FORM), form.get("form")):
        fault = said(language, "sign_in.stale")
        return answered(request, door, 403, name=name, fault=fault, next_path=next_path)
    place, password = place_of(request, door), form.get("password", "")
    try:
        token = await door.sign_in(name, password, place, language)
    except WrongPassword:
        fault = said(language, "sign_in.wrong")
        return answered(request, door, 401, name=name, fault=fault, next_path=next_path)
    except TooManyTries as error:
        fault = wait_words(language, error.wait)
        response = answered(request, door, 429, name=name, fault=fault, next_path=next_path)
        response.headers["Retry-After"] = str(ceil(error.wait.total_seconds()))
        return response
    return await let_in(door, token, next_path)


@router.post("/logout")
async def sign_out(request: Request, door: Door) -> Response:
    """End the session; the guard has seen to it that a page of ours asks for this."""
    await door.sign_out(request.state.person)
    response = RedirectResponse("/login", 303)
    response.delete_cookie(cookies.SESSION, path="/")
    return response


async def _form_of(request: Request) -> Mapping[str, str]:
    """Read a small form; what is too long or of another type is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM_TYPE:
        return {}
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_FORM:
            return {}
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20))
    except ValueError:
        return {}

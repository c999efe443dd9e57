"""The way in by the shop's own provider: there, and back with what it says."""

from dataclasses import asdict
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.console.accounts import cookies
from services.console.accounts.keeper import Keeper
from services.console.accounts.oidc import Journey, NotVouched, ProviderAway
from services.console.accounts.oidc_claims import NoRole
from services.console.accounts.origins import local_path
from services.console.accounts.passwords import WeakPassword
from services.console.accounts.sign_in_answers import (
    Door,
    answered,
    chosen_language,
    let_in,
    place_of,
    set_cookie,
)
from services.console.accounts.users import BadName, LastAdmin, NameTaken
from services.console.accounts.vouched import LockedOut, user_for
from services.console.words import said

router = APIRouter(include_in_schema=False)
#: Somebody signs in at the provider within this.
_JOURNEY_S: Final = 600
_CALLBACK: Final = "/oidc/callback"
_REFUSED: Final = (NotVouched, LockedOut, LastAdmin, NameTaken, BadName, WeakPassword)


@router.get("/oidc/start")
async def start(request: Request, door: Door) -> Response:
    """Send somebody to the provider."""
    if door.provider is None:
        return RedirectResponse("/login", 303)
    next_path = local_path(request.query_params.get("next"))
    journey = Journey.begun(_address_of_callback(request, door), next_path)
    try:
        response: Response = RedirectResponse(await door.provider.address_for(journey), 303)
    except ProviderAway:
        return _faulty(request, door, 503, "away")
    sealed = door.seal.sealed(cookies.OIDC, asdict(journey))
    set_cookie(response, door, cookies.OIDC, sealed, age_s=_JOURNEY_S)
    return response


@router.get(_CALLBACK)
async def come_back(request: Request, door: Door) -> Response:
    """Let in whom the provider vouches for."""
    kept = door.seal.opened(cookies.OIDC, request.cookies.get(cookies.OIDC))
    given = request.query_params
    if door.provider is None or kept is None or kept["state"] != given.get("state"):
        return _faulty(request, door, 403, "stale")
    journey = Journey(**kept)
    try:
        vouched = await door.provider.vouched(given.get("code", ""), journey)
        user = await user_for(door.users, vouched)
    except ProviderAway:
        return _faulty(request, door, 503, "away")
    except NoRole:
        return _faulty(request, door, 403, "no_role")
    except _REFUSED:
        return _faulty(request, door, 403, "refused")
    place, language = place_of(request, door), chosen_language(request)
    token = await door.let_in(user.user_id, place, language, by="provider")
    return _forgetting(await let_in(door, token, journey.next))


def _address_of_callback(request: Request, door: Keeper) -> str:
    base = door.settings.public_url or str(request.base_url)
    return base.rstrip("/") + _CALLBACK


def _faulty(request: Request, door: Keeper, status: int, fault: str) -> Response:
    words = said(chosen_language(request), f"sign_in.{fault}")
    return _forgetting(answered(request, door, status, fault=words))


def _forgetting(response: Response) -> Response:
    response.delete_cookie(cookies.OIDC, path="/")
    return response

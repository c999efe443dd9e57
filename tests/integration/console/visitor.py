"""Somebody with a browser at the door: the guard and the ways in, without the pages behind."""

import re
from dataclasses import dataclass
from html import unescape

import httpx
from fastapi import FastAPI, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from services.console.accounts.guard import Guard
from services.console.accounts.keeper import Keeper
from services.console.accounts.signing_in import router
from tests.integration.console.conftest import PASSWORD

HOST = "http://console.shop"


def house_of(keeper: Keeper) -> ASGIApp:
    """Give a house of one room behind the guard."""
    app = FastAPI()
    app.include_router(router)

    @app.api_route("/room", methods=["GET", "POST"])
    async def room(request: Request) -> dict[str, str]:
        return {"name": request.state.person.name, "role": request.state.person.role}

    guard = Guard(app, settings=keeper.settings)

    async def within(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {"accounts": keeper}
        await guard(scope, receive, send)

    return within


@dataclass(slots=True)
class Visitor:
    """A browser that keeps cookies and names the page it sends from."""

    http: httpx.AsyncClient

    async def open(self, path: str) -> httpx.Response:
        return await self.http.get(path, headers={"Accept": "text/html"})

    async def post(
        self, path: str, data: dict[str, str] | None = None, origin: str = HOST
    ) -> httpx.Response:
        return await self.http.post(path, data=data, headers={"Origin": origin})

    async def sign_in(
        self, name: str, password: str = PASSWORD, next_path: str = "/room"
    ) -> httpx.Response:
        page = await self.open(f"/login?next={next_path}")
        found = re.findall(r'name="(form|next)" value="([^"]*)"', page.text)
        fields = {key: unescape(value) for key, value in found}
        return await self.post("/login", fields | {"name": name, "password": password})


def visitor_of(keeper: Keeper, address: str = "203.0.113.9") -> Visitor:
    transport = httpx.ASGITransport(house_of(keeper), client=(address, 1))
    return Visitor(httpx.AsyncClient(transport=transport, base_url=HOST))


def alert_in(page: httpx.Response) -> str:
    """Give what a page says went wrong."""
    found = re.search(r'role="alert">([^<]*)<', page.text)
    return found[1] if found else ""

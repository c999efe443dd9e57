"""A small service with one body, one key and every error, for the tests of the house itself."""

from collections.abc import AsyncIterator
from functools import cache
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Query
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from shared.auth import ApiKeys, require
from shared.contracts.common import CustomerReference, OpenObject
from shared.hot import HotRoute
from shared.http import create_service_app
from shared.keys import Caller, KeyKind, new_key
from shared.problem import DomainError, Kind
from shared.problem_handlers import problem_responses
from shared.wire import (
    BusinessDate,
    CurrencyCode,
    Identifier,
    Instant,
    MoneyText,
    QuantityText,
    WireModel,
    json_body,
    openapi_body,
)
from tests.factories import make_caller
from tests.fakes import FakeKeys, FakeTimer


class Cup(WireModel):
    """What the small service takes: one field of every strict type."""

    id: Identifier
    count: int = 1
    weight: float = 0.0
    is_hot: bool = False
    at: Instant | None = None
    day: BusinessDate | None = None
    currency: CurrencyCode = "CNY"
    price: MoneyText = "0"
    quantity: QuantityText = "1"
    customer: CustomerReference | None = None
    properties: OpenObject = {}  # noqa: RUF012 - pydantic copies it


class NoSuchCup(DomainError):
    """There is no cup of that name."""


class BrokenCup(NoSuchCup):
    """The cup is broken."""

    @property
    @override
    def detail(self) -> str:
        return "It broke."


CUP = {"id": "cup-1"}
ERRORS: dict[str, Exception] = {
    "unknown": NoSuchCup(),
    "broken": BrokenCup(),
    "unmapped": DomainError(),
    "mistake": RuntimeError("secret detail"),
    "away": ConnectionRefusedError("10.0.0.7 refused"),
}


@cache
def cup_router() -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["cups"], responses=problem_responses())

    @router.post("/cups", openapi_extra=openapi_body(Cup, CUP))
    async def wash(cup: Annotated[Cup, Depends(json_body(Cup))]) -> dict[str, Any]:
        """Wash a cup."""
        return cup.model_dump(mode="json")

    @router.get("/cups/{name}")
    async def look(
        name: Identifier,
        caller: Annotated[Caller, Depends(require("tier:read"))],
        limit: Annotated[int, Query(ge=1, le=100)] = 10,
    ) -> dict[str, Any]:
        """Look at a cup."""
        if error := ERRORS.get(name):
            raise error
        return {"name": name, "limit": limit, "by": caller.name}

    return router


async def pour(scope: Scope, receive: Receive, send: Send) -> None:
    name = scope["path_params"]["name"]
    if name == "broken":
        raise BrokenCup
    await PlainTextResponse(name)(scope, receive, send)


@pytest.fixture
def keys() -> FakeKeys:
    return FakeKeys()


@pytest.fixture
def timer() -> FakeTimer:
    return FakeTimer()


@pytest.fixture
def app(keys: FakeKeys, timer: FakeTimer) -> FastAPI:
    app = create_service_app(
        service="cups",
        title="Cups",
        routers=[cup_router()],
        table={NoSuchCup: Kind(404, "no_such_cup", "There is no such cup")},
        hot_routes=[HotRoute("GET", "/v1/pour/{name}/now", pour)],
    )
    app.state.api_keys = ApiKeys(keys, now=timer)
    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://cups") as client:
        yield client


@pytest.fixture
def key(keys: FakeKeys) -> str:
    made = new_key()
    keys.add(made, make_caller("tier:read"))
    return made


@pytest.fixture
def publishable_key(keys: FakeKeys) -> str:
    made = new_key(KeyKind.PUBLISHABLE)
    keys.add(made, make_caller("browse:write", kind=KeyKind.PUBLISHABLE))
    return made

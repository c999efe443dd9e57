"""An unknown query parameter is refused by name, on ordinary routes and hot ones."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from shared.hot import HotRoute
from shared.http import create_service_app
from shared.parameters import ANY_QUERY

router = APIRouter(prefix="/v1")


def wanted(*, customer_id: str | None = None, kind: str | None = None) -> list[str | None]:
    return [customer_id, kind]


@router.get("/cups")
async def read(wanted: Annotated[list[str | None], Depends(wanted)], limit: int = 9) -> Any:
    """List cups."""
    return [*wanted, limit]


@router.get("/cups/{name}")
async def show(name: str) -> str:
    """Show a cup."""
    return name


@router.post("/pushes", openapi_extra=ANY_QUERY)
async def take() -> None:
    """Take what others push."""


@router.get("/page", include_in_schema=False)
async def page() -> str:
    return "page"


@router.get("/hot/{name}")
async def hot(name: str, programme: str | None = None) -> None:
    """Describe the hot route."""


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("hot")(scope, receive, send)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    routes = [HotRoute("GET", "/v1/hot/{name}", answer), HotRoute("GET", "/v1/bare", answer)]
    app = create_service_app(
        service="cups", title="Cups", routers=[router], table={}, hot_routes=routes
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://cups") as client:
        yield client


def faults(answer: httpx.Response) -> list[tuple[str, str, str]]:
    assert answer.status_code == 422
    return [(one["pointer"], one["code"], one["message"]) for one in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("query", "pointer", "message"),
    [
        ("custmer_id=c-1", "/query/custmer_id", "is not known here: did you mean customer_id?"),
        ("customerId=c-1", "/query/customerId", "is not known here: did you mean customer_id?"),
        ("Limit=1", "/query/Limit", "is not known here: did you mean limit?"),
        ("page=2", "/query/page", "is not known here: known are customer_id, kind, limit"),
        (
            "%3Cb%3E=1&c-1=2",
            "/query",
            "holds a parameter that is not known here: known are customer_id, kind, limit",
        ),
        ("kind", None, None),
        ("limit=3&kind=csat&customer_id=c-1", None, None),
        ("&", None, None),
        ("limit=3&cursor=x", None, None),
    ],
)
async def test_a_parameter_that_is_not_declared_is_named(
    http: httpx.AsyncClient, query: str, pointer: str | None, message: str | None
) -> None:
    answer = await http.get(f"/v1/cups?{query}")
    if pointer is None:
        assert answer.status_code == 200
    else:
        assert faults(answer) == [(pointer, "unknown_parameter", message)]


async def test_a_parameter_given_twice_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/cups?kind=a&kind=b&limit=1")
    assert faults(answer) == [("/query/kind", "repeated", "must be given once")]


async def test_a_route_without_parameters_says_so(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/cups/a?verbose=1")
    ((pointer, _, message),) = faults(answer)
    assert (pointer, message) == ("/query/verbose", "is not known here: nothing is known here")


async def test_a_flood_of_names_gets_a_short_answer(http: httpx.AsyncClient) -> None:
    names = [f"{one}{two}" for one in "abcdefghij" for two in "abcdefghij"]
    answer = await http.get("/v1/cups", params=dict.fromkeys(names, "1"))
    assert len(faults(answer)) == 50


async def test_a_hot_route_takes_what_its_description_declares(http: httpx.AsyncClient) -> None:
    assert (await http.get("/v1/hot/a?programme=x")).text == "hot"
    assert (await http.get("/v1/hot/a")).text == "hot"
    ((pointer, _, message),) = faults(await http.get("/v1/hot/a?program=x"))
    assert (pointer, message) == (
        "/query/program",
        "is not known here: did you mean programme?",
    )


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/v1/pushes"), ("GET", "/v1/page"), ("GET", "/health/live")]
)
async def test_addresses_that_others_write_take_any_word(
    http: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await http.request(method, f"{path}?utm_source=mail&token=1")
    assert answer.status_code == 200

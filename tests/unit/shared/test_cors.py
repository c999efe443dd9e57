"""Which pages may ask, and by which method."""

import httpx
import pytest
from starlette.responses import PlainTextResponse

from shared.cors import Cors, origins_in

SHOP = "https://shop.example"


def client(*origins: str) -> httpx.AsyncClient:
    app = Cors(PlainTextResponse("told"), origins=origins, paths=["/own"], method="GET")
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://s")


@pytest.mark.parametrize(
    ("origins", "origin", "shown"),
    [([SHOP], SHOP, SHOP), ([SHOP], "https://evil.example", None), (["*"], SHOP, "*")],
    ids=["named", "other", "every"],
)
async def test_an_origin_is_shown_where_it_may_ask(
    origins: list[str], origin: str, shown: str | None
) -> None:
    async with client(*origins) as http:
        answer = await http.get("/own", headers={"Origin": origin})
    assert answer.headers.get("Access-Control-Allow-Origin") == shown
    assert answer.headers["Vary"] == "Origin"


async def test_a_preflight_allows_the_method_of_the_path() -> None:
    asked = {"Origin": SHOP, "Access-Control-Request-Method": "GET"}
    async with client(SHOP) as http:
        answer = await http.options("/own", headers=asked)
        elsewhere = await http.options("/other", headers=asked)
    assert answer.headers["Access-Control-Allow-Methods"] == "GET"
    assert "Access-Control-Allow-Methods" not in elsewhere.headers


def test_a_setting_lists_origins_with_commas() -> None:
    assert origins_in(f" {SHOP}, https://b.example ,") == (SHOP, "https://b.example")

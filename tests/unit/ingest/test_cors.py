"""Who may post from a page, and what a browser is told."""

import httpx
import pytest
from pydantic import ValidationError
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.ingest.app import create_app
from services.ingest.settings import IngestSettings
from shared.cors import Cors
from tests.contract.live import platform_at

SHOP, EVIL = "https://shop.example", "https://evil.example"
ASKS = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    await Response("{}", 503, {"Retry-After": "1"})(scope, receive, send)


async def ask(
    method: str, origin: str | None, *, origins: tuple[str, ...] = (SHOP,), path: str = "/v1/t"
) -> httpx.Response:
    cors = Cors(app, origins=origins, paths=["/v1/t"])
    headers = ({"Origin": origin} if origin else {}) | (ASKS if method == "OPTIONS" else {})
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(cors), base_url="http://ingest"
    ) as http:
        return await http.request(method, path, headers=headers)


async def test_a_preflight_of_a_named_origin_is_allowed_to_post() -> None:
    answer = await ask("OPTIONS", SHOP)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert "content-type" in answer.headers["access-control-allow-headers"]


async def test_a_page_may_read_the_answer_also_a_refusal() -> None:
    answer = await ask("POST", SHOP)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (503, SHOP)
    assert "retry-after" in answer.headers["access-control-expose-headers"]
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize("method", ["OPTIONS", "POST"])
@pytest.mark.parametrize("origin", [EVIL, "null", f"{SHOP}.evil.example", SHOP.upper(), None])
async def test_another_origin_is_named_nowhere(method: str, origin: str | None) -> None:
    assert "access-control-allow-origin" not in (await ask(method, origin)).headers


@pytest.mark.parametrize("method", ["OPTIONS", "POST"])
@pytest.mark.parametrize("origins", [(SHOP,), ("*",)])
async def test_credentials_are_never_allowed(method: str, origins: tuple[str, ...]) -> None:
    headers = (await ask(method, SHOP, origins=origins)).headers
    assert headers["access-control-allow-origin"] in (SHOP, "*")
    assert "access-control-allow-credentials" not in headers


async def test_other_paths_are_left_alone() -> None:
    answer = await ask("OPTIONS", SHOP, path="/v1/receipts")
    assert answer.status_code == 503
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/v1/t", 204), ("/v1/batch", 204), ("/v1/events", 204), ("/v1/receipts", 405)],
)
async def test_the_service_answers_preflights_where_pages_post(path: str, status: int) -> None:
    nowhere = platform_at("postgresql://nobody@127.0.0.1:1/none")
    for origins, expected in ((SHOP, status), ("", 405)):
        service = create_app(IngestSettings(cors_origins=origins), nowhere)
        transport = httpx.ASGITransport(service)
        async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as http:
            answer = await http.options(path, headers={"Origin": SHOP} | ASKS)
        assert answer.status_code == expected
        assert ("access-control-allow-origin" in answer.headers) == (expected == 204)


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        ("", ()),
        (f"{SHOP}, http://localhost:3000", (SHOP, "http://localhost:3000")),
        ("*", ("*",)),
    ],
)
def test_origins_are_a_list_of_a_setting(text: str, origins: tuple[str, ...]) -> None:
    assert IngestSettings(cors_origins=text).origins == origins


@pytest.mark.parametrize(
    "text", ["shop.example", f"{SHOP}/", f"{SHOP}/path", "*.example", "ftp://a"]
)
def test_what_is_no_origin_stops_the_start(text: str) -> None:
    with pytest.raises(ValidationError):
        IngestSettings(cors_origins=text)

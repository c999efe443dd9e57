"""The hostile table on the Segment-compatible routes, in the words their clients understand."""

from collections.abc import AsyncIterator

import httpx
import pytest

from shared.key_rows import Grant, add_key
from shared.keys import ADMIN, KeyKind, new_key
from tests.contract.hostile import CANARY, JSON_TYPE, UNREADABLE, Unreadable
from tests.contract.hostile_routes import SEGMENT_ROUTES
from tests.contract.live import SERVICES, platform_at
from tests.contract.route import Route

#: What the type of a body says is not looked at, and messages may hold what we do not know.
TAKEN = {"3-no-type", "3-text", "3-form", "3-utf-16", "13-unknown-field"}


@pytest.fixture(scope="module")
async def http(module_database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    app = SERVICES["ingest"](platform_at(module_database_url))
    async with app.router.lifespan_context(app):
        key, page = new_key(), new_key(KeyKind.PUBLISHABLE)
        pool = app.state.ingest.pool
        await add_key(pool, key, Grant("tests", frozenset({ADMIN}), "tests"))
        browse = Grant("page", frozenset({"browse:write"}), "page", KeyKind.PUBLISHABLE)
        await add_key(pool, page, browse)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport,
            base_url="http://ingest",
            headers={"Authorization": f"Bearer {key}", "X-Page-Key": page},
        ) as client:
            yield client


def check_refusal(answer: httpx.Response, *statuses: int) -> None:
    assert answer.status_code in statuses, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"code", "message"}
    assert CANARY not in answer.text


@pytest.mark.parametrize("fault", UNREADABLE, ids=lambda fault: fault.name)
@pytest.mark.parametrize("route", SEGMENT_ROUTES, ids=str)
async def test_an_unreadable_body_is_refused_whole(
    http: httpx.AsyncClient, route: Route, fault: Unreadable
) -> None:
    answer = await http.post(route.path, content=fault.make(route), headers=dict(fault.headers))
    if fault.name in TAKEN:
        assert (answer.status_code, answer.content) == (200, b'{"success":true}')
    else:
        check_refusal(answer, 400 if fault.status == 422 else fault.status)


@pytest.mark.parametrize(
    "shown",
    ["", "Basic dGw6", "Bearer x", f"Bearer {new_key()}"],
    ids=["none", "basic", "short", "unknown"],
)
@pytest.mark.parametrize("route", SEGMENT_ROUTES, ids=str)
async def test_who_shows_no_valid_key_gets_one_answer(
    http: httpx.AsyncClient, route: Route, shown: str
) -> None:
    answer = await http.post(route.path, json=route.body, headers={"Authorization": shown})
    check_refusal(answer, 401)
    assert answer.json()["code"] == "unauthenticated"


@pytest.mark.parametrize("route", SEGMENT_ROUTES, ids=str)
async def test_a_publishable_key_may_post_there(http: httpx.AsyncClient, route: Route) -> None:
    headers = {"Authorization": f"Bearer {http.headers['X-Page-Key']}"}
    answer = await http.post(route.path, json=route.body, headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize("route", SEGMENT_ROUTES, ids=str)
async def test_a_key_in_an_address_is_refused(http: httpx.AsyncClient, route: Route) -> None:
    key = new_key(KeyKind.PUBLISHABLE)
    answer = await http.post(route.path, params={"writeKey": key}, json=route.body)
    assert answer.status_code == 400
    assert key not in answer.text


@pytest.mark.parametrize("body", [None, True, 1, "x", [], {}, {"batch": None}, {"batch": {}}])
async def test_what_is_no_batch_is_refused(http: httpx.AsyncClient, body: object) -> None:
    check_refusal(await http.post("/v1/batch", json=body), 400)


@pytest.mark.parametrize("item", [None, True, 1, CANARY, [], [[]], {}])
async def test_what_is_no_message_is_kept_aside(http: httpx.AsyncClient, item: object) -> None:
    answer = await http.post("/v1/batch", json={"batch": [item]}, headers=JSON_TYPE)
    assert answer.content == b'{"success":true}'

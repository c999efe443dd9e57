"""The hostile table on every route of every service: its answer, nothing stored, no echo."""

import re
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from shared.key_rows import Grant, add_key, revoke_key
from shared.keys import ADMIN, KeyKind, new_key
from shared.parameters import declared_by
from tests.contract.hostile import (
    BAD_BODIES,
    BAD_ITEMS,
    CANARY,
    IMPOSSIBLE_IDS,
    JSON_TYPE,
    STRANGE_IDS,
    UNREADABLE,
    BadItem,
    Unreadable,
)
from tests.contract.hostile_routes import (
    BODY_ROUTES,
    NAMED_ROUTES,
    ROUTES,
    SEGMENT_ROUTES,
    SIGNED_ROUTES,
)
from tests.contract.house import House, check_problem, open_house
from tests.contract.live import SERVICES, platform_at
from tests.contract.route import Route

BY_NAME = {str(route): route for route in ROUTES}


@pytest.fixture(scope="module")
async def house(module_database_url: str) -> AsyncIterator[House]:
    async with open_house(module_database_url) as house:
        yield house


def test_the_corpus_knows_every_route(house: House) -> None:
    documented = set()
    for name, create in SERVICES.items():
        paths = create(platform_at("postgresql://nobody@127.0.0.1:1/none")).openapi()["paths"]
        for path, operations in paths.items():
            plain = re.sub(r"{\w+}", "{}", path)
            documented |= {(name, method.upper(), plain) for method in operations}
    house_keeping = {
        (name, "GET", f"/health/{kind}") for name in SERVICES for kind in ("live", "ready")
    }
    known = {(r.service, r.method, r.path) for r in ROUTES + SIGNED_ROUTES + SEGMENT_ROUTES}
    assert documented - house_keeping == known


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_what_a_route_reads_of_a_query_is_what_the_document_declares(service: str) -> None:
    app = SERVICES[service](platform_at("postgresql://nobody@127.0.0.1:1/none"))
    for context in iter_route_contexts(app.routes):
        if not isinstance(context.route, APIRoute) or not context.route.include_in_schema:
            continue
        (method,) = context.methods or {""}
        shown = app.openapi()["paths"][context.route.path][method.lower()]
        queries = [one for one in shown.get("parameters", ()) if one["in"] == "query"]
        declared = declared_by(context.route)
        assert declared in (None, {one["name"] for one in queries})
        assert "array" not in str(queries)  # one that is given twice is refused


@pytest.mark.parametrize("fault", UNREADABLE, ids=lambda fault: fault.name)
@pytest.mark.parametrize("route", BODY_ROUTES, ids=str)
async def test_an_unreadable_body_is_refused_whole(
    house: House, route: Route, fault: Unreadable
) -> None:
    before = await house.rows()
    answer = await house.ask(route, content=fault.make(route), headers=dict(fault.headers))
    check_problem(answer, fault.status)
    assert await house.rows() == before


@pytest.mark.parametrize("bad", BAD_ITEMS, ids=lambda bad: f"{bad.path}-{bad.name}")
async def test_a_bad_item_is_kept_aside_with_its_code(house: House, bad: BadItem) -> None:
    before = await house.rows()
    route = BY_NAME[f"POST {bad.path}"]
    answer = await house.ask(route, json={next(iter(route.body)): [bad.item]})
    assert answer.status_code == 200, answer.text
    (rejected,) = answer.json()["rejected"]
    assert (rejected["index"], rejected["code"]) == (0, bad.code)
    assert CANARY not in answer.text
    assert await house.rows() == before | {"quarantine": before["quarantine"] + 1}


@pytest.mark.parametrize(
    ("route", "body"),
    [pytest.param(BY_NAME[route], body, id=f"{route}-{name}") for route, name, body in BAD_BODIES],
)
async def test_a_body_that_breaks_a_rule_is_named_by_its_field(
    house: House, route: Route, body: object
) -> None:
    before = await house.rows()
    assert check_problem(await house.ask(route, json=body), 422)["errors"]
    assert await house.rows() == before


@pytest.mark.parametrize("fault", IMPOSSIBLE_IDS)
@pytest.mark.parametrize("route", NAMED_ROUTES, ids=str)
async def test_an_impossible_id_in_an_address(house: House, route: Route, fault: str) -> None:
    before = await house.rows()
    name, statuses = IMPOSSIBLE_IDS[fault]
    check_problem(await house.ask(route, name, content=route.valid, headers=JSON_TYPE), *statuses)
    assert await house.rows() == before


@pytest.mark.parametrize("name", STRANGE_IDS)
@pytest.mark.parametrize("route", NAMED_ROUTES, ids=str)
async def test_a_strange_id_is_data(house: House, route: Route, name: str) -> None:
    quoted = quote(name, safe="").replace(".", "%2E")
    answer = await house.ask(route, quoted, content=route.valid, headers=JSON_TYPE)
    assert answer.status_code in (200, 201, 202, 404, 405, 409, 422), answer.text
    assert await house.pool.fetchval("SELECT to_regclass('customers') IS NOT NULL")


@pytest.mark.parametrize("route", ROUTES, ids=str)
async def test_no_key_a_wrong_key_and_a_revoked_key_get_one_answer(
    house: House, route: Route
) -> None:
    revoked = new_key()
    grant = Grant("gone", frozenset({ADMIN}), "tests")
    await revoke_key(house.pool, await add_key(house.pool, revoked, grant))
    answers = []
    for shown in ("", "Bearer x", f"Bearer {new_key()}", f"Bearer {revoked}", "Basic dGw6"):
        answer = await house.ask(route, json=route.body, headers={"Authorization": shown})
        body = check_problem(answer, 401)
        del body["instance"]
        answers.append((body, answer.headers["www-authenticate"]))
    assert answers == [answers[0]] * 5


@pytest.mark.parametrize("parameter", ["key", "api_key", "access_token"])
@pytest.mark.parametrize("route", ROUTES, ids=str)
async def test_a_key_in_an_address_is_refused_with_advice(
    house: House, route: Route, parameter: str
) -> None:
    key = new_key()
    answer = await house.ask(route, json=route.body, params={parameter: key})
    assert "revoke" in check_problem(answer, 400)["detail"]
    assert key not in answer.text


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.takes_pages], ids=str)
async def test_a_publishable_key_opens_nothing_else(house: House, route: Route) -> None:
    key = new_key(KeyKind.PUBLISHABLE)
    grant = Grant("page", frozenset({"browse:write"}), "page", KeyKind.PUBLISHABLE)
    await add_key(house.pool, key, grant)
    headers = {"Authorization": f"Bearer {key}"}
    check_problem(await house.ask(route, json=route.body, headers=headers), 403)


@pytest.mark.parametrize("route", ROUTES, ids=str)
async def test_a_parameter_that_is_not_known_is_refused(house: House, route: Route) -> None:
    before = await house.rows()
    query = {"custmer_idd": CANARY, CANARY: "x"}
    answer = await house.ask(route, content=route.valid, headers=JSON_TYPE, params=query)
    named, unnamed = check_problem(answer, 422)["errors"]
    assert (named["pointer"], unnamed["pointer"]) == ("/query/custmer_idd", "/query")
    assert {named["code"], unnamed["code"]} == {"unknown_parameter"}
    assert await house.rows() == before


def is_at(route: Route, address: str) -> bool:
    return re.fullmatch(re.escape(route.path).replace(r"\{\}", "[^/]+"), address) is not None


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "TRACE", "CANARY"])
@pytest.mark.parametrize("route", ROUTES, ids=str)
async def test_another_method_is_refused(house: House, route: Route, method: str) -> None:
    # also of a template that the address fits: /v1/segments/preview, /v1/segments/{}
    taken = {each.method for each in ROUTES if is_at(each, route.address())}
    other = next(each for each in (method, "PUT", "PATCH", "DELETE") if each not in taken)
    answer = await house.clients[route.service].request(other, route.address())
    check_problem(answer, 405)


@pytest.mark.parametrize("service", sorted(SERVICES))
async def test_an_unknown_address(house: House, service: str) -> None:
    check_problem(await house.clients[service].get(f"/v1/{CANARY}"), 404)

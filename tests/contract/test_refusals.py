"""What is wrong with a request is named by its place and told in a sentence, on every route."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from shared.forms import words_for
from tests.contract.feedback_routes import BODY_ROUTES, FEEDBACK, OTHER_ROUTES
from tests.contract.hostile import CANARY
from tests.contract.house import House, check_problem, open_house
from tests.contract.route import Route
from tests.contract.test_openapi import DOCUMENTS

ROUTES = {str(route): route for route in (*BODY_ROUTES, *OTHER_ROUTES)}
#: What these mean is only known among the rows: an unknown one has none.
FREE = {"customer_id", "owner", "programme", "order_id", "slice"}
LONG_AGO, FAR = "1989-12-31T23:59:59Z", "2199-01-01T00:00:00Z"


@pytest.fixture(scope="module")
async def house(module_database_url: str) -> AsyncIterator[House]:
    async with open_house(module_database_url) as house:
        yield house


def _fields() -> Iterator[tuple[Route, str]]:
    for route in BODY_ROUTES:
        yield from ((route, field) for field in route.body)


@pytest.mark.parametrize(("route", "field"), list(_fields()), ids=str)
async def test_a_field_of_another_type_is_named(house: House, route: Route, field: str) -> None:
    before = await house.rows()
    answer = await house.ask(
        route, json=route.body | {field: [[CANARY]]}, headers={"If-Match": '"1"'}
    )
    faults = check_problem(answer, 422)["errors"]
    assert any(fault["pointer"].startswith(f"/{field}") for fault in faults)
    assert await house.rows() == before


def _parameters() -> Iterator[tuple[Route, str]]:
    for (method, path), shown in operations():
        route = ROUTES.get(f"{method} {path}")
        for parameter in shown.get("parameters", ()):
            if route is not None and parameter["in"] == "query" and parameter["name"] not in FREE:
                yield route, parameter["name"]


def operations() -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    """Give every operation of the document, `{}` in the address standing for an id."""
    for path, operations in DOCUMENTS["feedback"]["paths"].items():
        plain = "".join("{}" if n % 2 else part for n, part in enumerate(_split(path)))
        for method, shown in operations.items():
            yield (method.upper(), plain), shown


def _split(path: str) -> list[str]:
    return path.replace("}", "{").split("{")


@pytest.mark.parametrize(("route", "name"), list(_parameters()), ids=str)
async def test_a_parameter_of_another_form_is_named(house: House, route: Route, name: str) -> None:
    answer = await house.ask(route, params={name: f"{CANARY}\u202e!"})
    problem = check_problem(answer, 422, 404 if "{}" in route.path else 422)
    places = {fault["pointer"] for fault in problem.get("errors", ())}
    assert problem["status"] == 404 or f"/query/{name}" in places


@pytest.mark.parametrize(
    ("route", "changes", "pointer"),
    [
        ("POST /v1/feedback", {"occurred_at": LONG_AGO}, "/occurred_at"),
        ("POST /v1/feedback", {"occurred_at": FAR}, "/occurred_at"),
        ("POST /v1/feedback", {"occurred_at": "2026-11-21T12:00:00"}, "/occurred_at"),
        ("POST /v1/cases", {"occurred_at": LONG_AGO}, "/occurred_at"),
        ("POST /v1/interactions", {"occurred_at": FAR}, "/occurred_at"),
        ("POST /v1/offers/{}/responses", {"at": FAR}, "/at"),
        ("POST /v1/tasks", {"due_at": FAR}, "/due_at"),
        ("POST /v1/tasks/{}/complete", {"occurred_at": FAR}, "/occurred_at"),
        ("POST /v1/reviews", {"quarter": "2199-Q1"}, "/quarter"),
        (
            "POST /v1/interactions",
            {"cost": {"amount": "1.00", "currency": "USD"}},
            "/cost/currency",
        ),
        ("POST /v1/tasks", {"cost": {"amount": "1.00", "currency": "USD"}}, "/cost/currency"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value,
)
async def test_what_only_the_shop_can_tell_is_named_too(
    house: House, route: str, changes: dict[str, Any], pointer: str
) -> None:
    before = await house.rows()
    asked = ROUTES[route]
    name = "00000000-0000-7000-8000-000000000000" if "tasks/" in route else "c-1"
    answer = await house.ask(asked, name, json=asked.body | changes)
    assert pointer in {fault["pointer"] for fault in check_problem(answer, 422)["errors"]}
    assert await house.rows() == before


@pytest.mark.parametrize("header", ["If-Match", "Idempotency-Key"])
async def test_a_header_of_another_form_is_named(house: House, header: str) -> None:
    route = ROUTES["PUT /v1/offers/{}" if header == "If-Match" else "POST /v1/feedback"]
    answer = await house.ask(route, json=route.body, headers={header: f"{CANARY} x"})
    (fault,) = check_problem(answer, 400)["errors"]
    assert (fault["pointer"], fault["code"]) == (f"/header/{header.lower()}", "wrong_form")


async def test_a_key_of_another_body_is_named(house: House) -> None:
    key = {"Idempotency-Key": "k-1"}
    route = ROUTES["POST /v1/feedback"]
    assert (await house.ask(route, json=FEEDBACK, headers=key)).status_code == 201
    answer = await house.ask(route, json=FEEDBACK | {"rating": 1}, headers=key)
    (fault,) = check_problem(answer, 422)["errors"]
    assert fault["pointer"] == "/header/idempotency-key"


#: Explained by code that reads the text: amounts, phones, currencies, two headers, slices of KPIs.
READ_OTHERWISE = (
    r"\.[0-9]{1,",
    "^\\+[1-9]",
    "^[A-Z]{3}$",
    "^[!-~]+$",
    "^(W/)?",
    "^(all|",
)


def _patterns(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for value in node.values():
            yield from _patterns(value)
    elif isinstance(node, list):
        for value in node:
            yield from _patterns(value)


def test_every_form_that_is_asked_for_has_words() -> None:
    asked = {pattern for document in DOCUMENTS.values() for pattern in _patterns(document)}
    wordless = {pattern for pattern in asked if words_for(pattern) is None}
    assert {each for each in wordless if not any(part in each for part in READ_OTHERWISE)} == set()

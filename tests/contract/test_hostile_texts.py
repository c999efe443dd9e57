"""Texts and instants that do harm elsewhere, on every route of feedback that takes them."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from shared.contracts.invitations import EXAMPLE_INVITATIONS
from shared.contracts.surveys import EXAMPLE_DOCUMENT
from tests.contract.feedback_routes import BODY_ROUTES, OTHER_ROUTES
from tests.contract.hostile import UNREADABLE, Unreadable
from tests.contract.house import House, check_problem, open_house
from tests.contract.route import Route
from tests.contract.survey_routes import SIGNED_ROUTES
from tests.contract.test_refusals import operations

ROUTES = {str(route): route for route in (*BODY_ROUTES, *OTHER_ROUTES)}
NAIVE = ("2026-11-21T12:00:00", "2026-11-21", "2026-06-30T23:59:60Z", "2026-11-21T12:00:00+0800")
MARKUP = "</textarea><script>alert('x')</script>\u2028 \U0001f375 'quoted' \"twice\" =1+1 {name}"


@pytest.fixture(scope="module")
async def house(module_database_url: str) -> AsyncIterator[House]:
    async with open_house(module_database_url) as house:
        yield house


@pytest.fixture(scope="module")
async def token(house: House) -> str:
    """Have a survey that c-1 may answer."""
    http = house.clients["feedback"]
    await http.put("/v1/surveys/texts", json=EXAMPLE_DOCUMENT)
    await http.post("/v1/surveys/texts/open")
    invited = await http.post("/v1/surveys/texts/invitations", json=EXAMPLE_INVITATIONS)
    return str(invited.json()["items"][0]["token"])


@pytest.mark.parametrize("fault", UNREADABLE, ids=lambda fault: fault.name)
@pytest.mark.parametrize("route", SIGNED_ROUTES[1:], ids=str)
async def test_unreadable_answers_of_a_link_leave_it_open(
    house: House, token: str, route: Route, fault: Unreadable
) -> None:
    before = await house.rows()
    content, headers = fault.make(route), dict(fault.headers) | {"Authorization": ""}
    answer = await house.ask(route, token, content=content, headers=headers)
    check_problem(answer, fault.status)
    assert await house.rows() == before
    assert await house.pool.fetchval("SELECT bool_and(is_open) FROM survey_invitations")


def _instants() -> Iterator[tuple[Route, str]]:
    """Find what the document calls an instant, in bodies and in addresses."""
    for name, shown in operations():
        route = ROUTES.get(" ".join(name))
        if route is None:
            continue
        content = shown.get("requestBody", {}).get("content", {}).get("application/json", {})
        for field, schema in content.get("schema", {}).get("properties", {}).items():
            if "date-time" in str(schema) and "$ref" not in str(schema):
                yield route, f"/{field}"
        for parameter in shown.get("parameters", ()):
            if "date-time" in str(parameter["schema"]):
                yield route, f"/query/{parameter['name']}"


@pytest.mark.parametrize("text", NAIVE)
@pytest.mark.parametrize(("route", "pointer"), list(_instants()), ids=str)
async def test_an_instant_without_its_offset_is_never_guessed(
    house: House, route: Route, pointer: str, text: str
) -> None:
    before = await house.rows()
    name = pointer.rpartition("/")[2]
    asked: dict[str, Any] = (
        {"params": {name: text}} if "query" in pointer else {"json": route.body | {name: text}}
    )
    faults = check_problem(await house.ask(route, **asked), 422)["errors"]
    assert (pointer, "bad_instant") in {(each["pointer"], each["code"]) for each in faults}
    assert await house.rows() == before


def test_instants_were_found() -> None:
    found = {f"{route} {pointer}" for route, pointer in _instants()}
    assert found >= {
        "POST /v1/feedback /occurred_at",
        "POST /v1/tasks /due_at",
        "GET /v1/feedback /query/since",
        "GET /v1/cases/times /query/until",
    }


@pytest.mark.parametrize(
    ("route", "changes"),
    [
        ("POST /v1/interactions", {"subject": MARKUP, "note": MARKUP}),
        ("POST /v1/cases", {"text": MARKUP}),
        ("POST /v1/offers", {"key": "markup", "name": {"en": MARKUP, "zh": MARKUP}}),
        ("POST /v1/experiments", {"key": "markup", "name": {"en": MARKUP, "zh": MARKUP}}),
        ("POST /v1/surveys", {"key": "markup", "title": {"en": MARKUP, "zh": MARKUP}}),
        ("POST /v1/tasks", {"title": {"en": MARKUP, "zh": MARKUP}}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_markup_is_kept_as_the_text_it_is(
    house: House, route: str, changes: dict[str, Any]
) -> None:
    asked = ROUTES[route]
    answer = await house.ask(asked, json=asked.body | changes)
    assert answer.status_code == 201, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert _texts(answer.json()).count(MARKUP) >= len(str(changes).split("<script>")) - 1


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []

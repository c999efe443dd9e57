"""The answers that feedback's document shows are those that it gives."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from services.feedback.app import ANSWERS
from tests.contract.answers import DOCUMENT, day, open_shop
from tests.contract.shapes import differences
from tests.databases import Databases

OPERATIONS = [
    f"{method.upper()} {path}"
    for path, operations in DOCUMENT["paths"].items()
    for method in operations
]
SHOWN: dict[str, Any] = json.loads(ANSWERS.read_text(encoding="utf-8"))
#: The day of a small shop has no weak strategy, and an answer without a body shows nothing.
NOTHING = {
    "DELETE /v1/surveys/{survey_key}",
    "GET /v1/reviews/{review_id}/findings/{finding_id}",
    "PATCH /v1/reviews/{review_id}/findings/{finding_id}",
}


@pytest.fixture(scope="module")
def given(databases: Databases, trained_template: str) -> Iterator[dict[str, Any]]:
    with databases.temporary(trained_template) as url, open_shop(url) as shop:
        yield day(shop)


def test_every_operation_shows_an_answer() -> None:
    assert set(OPERATIONS) == SHOWN.keys() | NOTHING, "run make api-examples"
    assert SHOWN.keys().isdisjoint(NOTHING)


@pytest.mark.parametrize("operation", sorted(SHOWN))
def test_a_shown_answer_is_what_comes_back(given: dict[str, Any], operation: str) -> None:
    """The document's own example is looked at, so that it is the one that people see."""
    method, path = operation.split()
    responses = DOCUMENT["paths"][path][method.lower()]["responses"]
    good = next(each for status, each in responses.items() if status.startswith("2"))
    shown = good["content"]["application/json"]["example"]
    assert differences(shown, given[operation]) == [], "run make api-examples"


@pytest.mark.parametrize(
    ("shown", "given", "places"),
    [
        ({"a": 1}, {"a": 2.5}, []),
        ({"a": 1}, {"a": "1"}, ["/a"]),
        ({"a": 1}, {"a": True}, ["/a"]),
        ({"a": None}, {"a": {"b": 1}}, []),
        ({"a": 1, "b": 1}, {"a": 1, "c": 1}, ["/b", "/c"]),
        ({"items": [{"a": 1}]}, {"items": [{"a": "x"}, 2]}, ["/items/0/a"]),
        ({"items": []}, {"items": [1]}, []),
        ([1], {"a": 1}, [""]),
    ],
)
def test_answers_differ_in_fields_and_types(shown: Any, given: Any, places: list[str]) -> None:
    assert differences(shown, given) == places

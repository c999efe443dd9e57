"""Documents as a form with their JSON beside it: parts are read, set and taken out."""

from typing import Any

import pytest

from services.console.parts.documents import faults_in
from services.console.parts.drafts import at, list_at, text_at, with_at
from shared.contracts.surveys import EXAMPLE_SURVEY, SurveyRequest

DOCUMENT: dict[str, Any] = {"a": {"b": [1, {"c": "x"}]}, "d": "y"}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (("d",), "y"),
        (("a", "b", 1, "c"), "x"),
        (("a", "b", 7), None),
        (("d", "e"), None),
        (("a", "b", "c"), None),
        ((), DOCUMENT),
    ],
)
def test_a_part_is_read_or_is_not_there(path: tuple[str | int, ...], found: object) -> None:
    assert at(DOCUMENT, path) == found


@pytest.mark.parametrize(
    ("path", "value", "made"),
    [
        (("d",), "z", {"a": {"b": [1, {"c": "x"}]}, "d": "z"}),
        (("d",), "", {"a": {"b": [1, {"c": "x"}]}}),
        (("a", "b", 1, "c"), "z", {"a": {"b": [1, {"c": "z"}]}, "d": "y"}),
        (("a", "b", 1, "c"), None, {"a": {"b": [1, {}]}, "d": "y"}),
        (("a", "b"), [], {"d": "y"}),
        (("a", "b", 9), 2, DOCUMENT),
        (("e", "f"), False, {**DOCUMENT, "e": {"f": False}}),
    ],
    ids=["set", "emptied", "deep", "deep-emptied", "no-list", "no-place", "made"],
)
def test_a_part_is_set_and_nothing_else(
    path: tuple[str | int, ...], value: object, made: dict[str, Any]
) -> None:
    assert with_at(DOCUMENT, path, value) == made
    assert DOCUMENT == {"a": {"b": [1, {"c": "x"}]}, "d": "y"}


def test_what_is_missing_is_empty_in_a_field() -> None:
    assert text_at(DOCUMENT, ("e",)) == ""
    assert list_at(DOCUMENT, ("e",)) == []


def test_a_document_says_where_it_is_wrong() -> None:
    assert faults_in(SurveyRequest, EXAMPLE_SURVEY) == []
    wrong = {**EXAMPLE_SURVEY, "key": "Not A Key", "questions": []}
    assert {line.partition(":")[0] for line in faults_in(SurveyRequest, wrong)} == {
        "/key",
        "/questions",
    }

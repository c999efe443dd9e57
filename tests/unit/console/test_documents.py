"""Documents as a form with their JSON beside it: parts are read, set and taken out."""

import re
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from services.console.accounts.person import Language
from services.console.parts.documents import DocumentForm, faults_in
from services.console.parts.drafts import at, list_at, text_at, with_at
from shared.contracts.surveys import EXAMPLE_SURVEY, SurveyRequest
from tests.unit.console.visits import browsing, stage

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


WRONG: dict[str, Any] = {**EXAMPLE_SURVEY, "key": "Not A Key", "questions": []}


def test_a_document_says_where_it_is_wrong() -> None:
    visit = stage().visit
    assert faults_in(visit, SurveyRequest, EXAMPLE_SURVEY) == []
    found = faults_in(visit, SurveyRequest, WRONG)
    assert {line.partition(":")[0] for line in found} == {"/key", "/questions"}


def test_what_is_wrong_is_said_in_chinese() -> None:
    visit = stage(language=Language.CHINESE).visit
    found = faults_in(visit, SurveyRequest, WRONG)
    assert len(found) == 2
    for line in found:
        assert re.search(r": [^a-z]+$", line), line


def lay_lines(form: DocumentForm) -> None:
    """Lay out a list of texts, each with a way to take it out, and a way to add one."""
    for number, _ in enumerate(list_at(form.document, ("lines",))):
        form.text(f"Line {number}", "lines", number, "text")
        form.remove(f"Remove {number}", number, "lines")
    form.add("Add", {"text": "new"}, "lines")


@pytest.mark.parametrize("is_touched", [False, True])
async def test_faults_are_said_once_somebody_began(is_touched: bool) -> None:
    visit = stage().visit
    form = DocumentForm(visit, {"lines": [{"text": "a"}]}, SurveyRequest, lay_lines)
    async with browsing(visit) as user:

        @ui.page("/a-form")
        def show() -> None:
            form.show()

        await user.open("/a-form")
        if is_touched:
            user.find(kind=ui.input, content="Line 0").type("b")
            await user.should_see("/title: ")
        else:
            await user.should_see("Fill the form in")
            await user.should_not_see("/title: ")


def press(user: User, label: str) -> None:
    """Click the one button that has an icon or a text and this name."""
    buttons = user.find(kind=ui.button).elements
    (found,) = [b for b in buttons if label in {b.text, b.props.get("aria-label")}]
    UserInteraction(user, {found}, label).click()


@pytest.mark.parametrize(
    ("button", "lines"),
    [("Add", ["typed", "b", "new"]), ("Remove 1", ["typed"]), ("Remove 0", ["b"])],
    ids=["added", "removed", "itself"],
)
async def test_what_was_typed_stays_when_an_item_is_added_or_taken_out(
    button: str, lines: list[str]
) -> None:
    visit = stage().visit
    document = {"lines": [{"text": "a"}, {"text": "b"}]}
    form = DocumentForm(visit, document, SurveyRequest, lay_lines)
    async with browsing(visit) as user:

        @ui.page("/a-form")
        def show() -> None:
            form.show()

        await user.open("/a-form")
        user.find(kind=ui.input, content="Line 0").clear().type("typed")
        press(user, button)
    assert [line["text"] for line in form.document["lines"]] == lines

"""A text of the wrong form is told what to write, whatever the form."""

from typing import Annotated, Any

import pytest
from pydantic import Field

from shared.decimal_text import AMOUNT, QUANTITY, SIGNED_AMOUNT, SIGNED_QUANTITY
from shared.forms import KEY, LANGUAGE, LOCAL_TIME, form, words_for
from shared.problem import Problem
from shared.wire import WireModel, validated


class Thing(WireModel):
    """One field of every form."""

    key: Annotated[str, Field(pattern=KEY)] = "a"
    language: Annotated[str, Field(pattern=LANGUAGE)] = "en"
    opens: Annotated[str, Field(pattern=LOCAL_TIME)] = "09:00"
    odd: Annotated[str, Field(pattern="^x$")] = "x"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"key": "Ab"}, "must be 1 to 64 lower-case letters, digits, _ or -"),
        ({"key": ""}, "must be 1 to 64 lower-case letters, digits, _ or -"),
        ({"language": "Chinese"}, "must be a language tag such as en or zh-CN"),
        ({"opens": "9:00"}, "must be a time of day from 00:00 to 23:59, such as 09:00"),
        ({"odd": "y"}, "does not have the form asked for"),
    ],
    ids=str,
)
def test_a_fault_says_the_form_in_words(body: dict[str, Any], message: str) -> None:
    with pytest.raises(Problem) as refused:
        validated(Thing, body)
    (fault,) = refused.value.errors
    assert (fault.code, fault.message) == ("wrong_form", message)


def test_a_form_is_its_pattern_and_keeps_its_words() -> None:
    assert form("^z$", "must be a z") == "^z$"
    assert words_for("^z$") == "must be a z"
    assert words_for(None) is None


@pytest.mark.parametrize("pattern", [AMOUNT, SIGNED_AMOUNT, QUANTITY, SIGNED_QUANTITY])
def test_amounts_are_explained_elsewhere(pattern: str) -> None:
    assert words_for(pattern) is None

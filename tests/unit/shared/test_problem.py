"""Problem documents: the nearest mapped class, and only what is there."""

import json

from starlette.exceptions import HTTPException

from shared.faults import MAX_FAULTS, field_faults, pointer_of
from shared.problem import (
    INTERNAL,
    DomainError,
    FieldFault,
    Kind,
    Problem,
    ProblemTable,
    document,
    kind_of,
    render,
)
from shared.problem_handlers import problem_of


class Refused(DomainError):
    """It is refused.

    More for programmers.
    """


class RefusedTwice(Refused):
    pass


class Silent(DomainError):
    pass


TABLE: ProblemTable = {Refused: Kind(409, "refused", "Refused", 3)}


def test_the_nearest_mapped_class_decides() -> None:
    assert kind_of(RefusedTwice(), TABLE).status == 409
    assert kind_of(Silent(), TABLE) is INTERNAL


def test_the_message_is_the_first_line_of_the_nearest_docstring() -> None:
    assert str(RefusedTwice()) == Refused().detail == "It is refused."
    assert Silent().detail == "The request cannot be fulfilled."


def test_retry_after_comes_with_the_kind_unless_given() -> None:
    kind = TABLE[Refused]
    assert render(Problem(kind), "r").headers["retry-after"] == "3"
    assert render(Problem(kind, headers={"Retry-After": "9"}), "r").headers["retry-after"] == "9"


def test_errors_are_there_only_when_there_are_any() -> None:
    fault = FieldFault("/a", "code", "message")
    with_errors = document(Problem(INTERNAL, errors=[fault]), "r")
    assert with_errors["errors"] == [{"pointer": "/a", "code": "code", "message": "message"}]
    assert "errors" not in document(Problem(INTERNAL), "r")


def test_a_document_is_json_of_its_media_type() -> None:
    answer = render(problem_of(Refused(), TABLE), "r-1")
    assert answer.media_type == "application/problem+json"
    assert json.loads(bytes(answer.body)) == {
        "type": "tag:tierline,2026:problem/refused",
        "title": "Refused",
        "status": 409,
        "detail": "It is refused.",
        "instance": "r-1",
    }


def test_any_http_status_has_a_slug() -> None:
    assert problem_of(HTTPException(418), {}).kind.slug == "i'm_a_teapot"


def test_pointers_escape_and_end_before_foreign_names() -> None:
    assert pointer_of(["a/b", 0, "c~d"], lambda _: True) == "/a~1b/0/c~0d"
    assert pointer_of(["a", "b", "c"], {"a", "c"}.__contains__) == "/a"


def test_faults_are_told_once_and_not_without_end() -> None:
    errors = [{"type": "missing", "loc": (n,)} for n in range(200)]
    assert len(field_faults([*errors[:1], *errors], lambda _: True)) == MAX_FAULTS
    assert field_faults([{"type": "brand_new", "loc": ()}], lambda _: True) == (
        FieldFault("", "invalid", "is not valid"),
    )

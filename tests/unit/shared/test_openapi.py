"""The document of a service says what each operation does, refuses and answers."""

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter

from shared.http import create_service_app

router = APIRouter(prefix="/v1")


@router.get("/cups")
async def show_all() -> list[str]:
    """List cups by their keys."""
    return []


@router.post("/cups")
async def create() -> None:
    """Make a cup.

    It is a draft until it is opened.
    """


def operations(answers: Path | None = None) -> dict[str, Any]:
    app = create_service_app(service="c", title="C", routers=[router], table={}, answers=answers)
    operations: dict[str, Any] = app.openapi()["paths"]["/v1/cups"]
    return operations


def test_the_docstring_is_the_title_and_what_follows_the_description() -> None:
    shown = operations()
    assert shown["get"]["summary"] == "List cups by their keys"
    assert "description" not in shown["get"]
    assert shown["post"]["summary"] == "Make a cup"
    assert shown["post"]["description"] == "It is a draft until it is opened."


def test_every_operation_may_refuse_a_parameter() -> None:
    refusal = operations()["get"]["responses"]["422"]
    assert list(refusal["content"]) == ["application/problem+json"]


def test_an_answer_that_was_given_once_is_shown(tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"GET /v1/cups": ["cup-1"]}), encoding="utf-8")
    shown = operations(answers)["get"]["responses"]["200"]["content"]["application/json"]
    assert shown["example"] == ["cup-1"]

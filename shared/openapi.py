"""Make the OpenAPI document whole: problems, hand-declared bodies, the key scheme, true answers."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from shared.parameters import is_free
from shared.problem_handlers import PROBLEM_SCHEMA, problem_responses

_METHODS = frozenset(["get", "put", "post", "delete", "patch"])
KEY_SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "tl_sk_...",
    "description": "An API key: `tierline keys create NAME --scopes ...`",
}
PUBLIC = ("/health/", "/metrics")


def install(app: FastAPI, answers: Path | None = None) -> None:
    """Let the app complete its document when it is first asked for it.

    `answers` is a JSON file: operation ("GET /v1/things") -> an answer that it gave once.
    """
    generate = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema is None:
            shown = {} if answers is None else json.loads(answers.read_text(encoding="utf-8"))
            app.openapi_schema = completed(generate(), shown)
        return app.openapi_schema

    app.openapi = complete  # type: ignore[method-assign] # FastAPI's documented way


def completed(spec: dict[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Move inline definitions to the components and add what every service has."""
    components = spec.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    components.setdefault("securitySchemes", {})["ApiKey"] = KEY_SCHEME
    schemas["Problem"] = PROBLEM_SCHEMA
    for method, path, operation in _operations(spec):
        _summarise(operation)
        _show_answer(operation, answers.get(f"{method.upper()} {path}"))
        for content in operation.get("requestBody", {}).get("content", {}).values():
            schemas.update(content.get("schema", {}).pop("$defs", {}))
        if not path.startswith(PUBLIC):
            operation.setdefault("security", [{"ApiKey": []}])
            _declare_refusal(operation)
    return spec


def _summarise(operation: dict[str, Any]) -> None:
    """Let the first line of a route's docstring be its title, and what follows its description."""
    first, _, rest = operation.pop("description", "").partition("\n")
    if first:
        operation["summary"] = first.strip().removesuffix(".")
    if rest.strip():
        operation["description"] = rest.strip()


def _show_answer(operation: dict[str, Any], answer: object) -> None:
    responses: dict[str, dict[str, Any]] = operation["responses"]
    good = [each for status, each in responses.items() if status.startswith("2")]
    content = good[0].get("content", {}).get("application/json") if good else None
    if answer is not None and content is not None:
        content["example"] = answer


def _declare_refusal(operation: dict[str, Any]) -> None:
    """Any route may refuse a parameter that it does not know, also one that takes none."""
    if not is_free(operation):
        refusal = problem_responses(422)[422]
        operation["responses"]["422"] = operation["responses"].get("422", refusal) | refusal


def _operations(spec: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in spec.get("paths", {}).items():
        for method, operation in item.items():
            if method in _METHODS:
                yield method, path, operation

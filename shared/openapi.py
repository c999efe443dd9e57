"""Make the OpenAPI document whole: problem schema, hand-declared bodies, the key scheme."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from shared.problem_handlers import PROBLEM_SCHEMA

_METHODS = frozenset(["get", "put", "post", "delete", "patch"])
KEY_SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "tl_sk_...",
    "description": "An API key: `tierline keys create NAME --scopes ...`",
}
PUBLIC = ("/health/", "/metrics")


def install(app: FastAPI) -> None:
    """Let the app complete its document when it is first asked for it."""
    generate = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = completed(generate())
        return app.openapi_schema

    app.openapi = complete  # type: ignore[method-assign] # FastAPI's documented way


def completed(spec: dict[str, Any]) -> dict[str, Any]:
    """Move inline definitions to the components and add what every service has."""
    components = spec.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    components.setdefault("securitySchemes", {})["ApiKey"] = KEY_SCHEME
    schemas["Problem"] = PROBLEM_SCHEMA
    for path, operation in _operations(spec):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            schemas.update(content.get("schema", {}).pop("$defs", {}))
        if not path.startswith(PUBLIC):
            operation.setdefault("security", [{"ApiKey": []}])
    return spec


def _operations(spec: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in spec.get("paths", {}).items():
        for method, operation in item.items():
            if method in _METHODS:
                yield path, operation

"""What is let in: strict models, read from capped bodies, refused without an echo."""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request

from shared.body import BATCH_CAP, DEFAULT_CAP, JSON_TYPES, MIB, read_body
from shared.faults import field_faults
from shared.fields import (
    BusinessDate,
    CurrencyCode,
    FreeText,
    Identifier,
    Instant,
    MoneyText,
    QuantityText,
    ShortText,
    SignedMoneyText,
    SignedQuantityText,
    TimeZoneName,
)
from shared.problem import INVALID, FieldFault, Problem
from shared.strict_json import parse

__all__ = [
    "BATCH_CAP",
    "DEFAULT_CAP",
    "MIB",
    "BusinessDate",
    "CurrencyCode",
    "FreeText",
    "Identifier",
    "Instant",
    "MoneyText",
    "QuantityText",
    "ReplyModel",
    "ShortText",
    "SignedMoneyText",
    "SignedQuantityText",
    "TimeZoneName",
    "WireModel",
    "faults_of",
    "json_body",
    "openapi_body",
    "read_json",
    "validated",
]


class WireModel(BaseModel):
    """A body we receive: strict types, unknown fields refused, never changed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class ReplyModel(BaseModel):
    """A body we send and our clients read: they ignore fields they do not know."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


Model = TypeVar("Model", bound=BaseModel)


async def read_json(
    request: Request,
    *,
    max_bytes: int = DEFAULT_CAP,
    content_types: tuple[str, ...] | None = JSON_TYPES,
    exact_numbers: bool = False,
) -> Any:
    """Read a body as strict JSON values; raises Problem 400, 413, 415 or 422."""
    body = await read_body(request, max_bytes=max_bytes, content_types=content_types)
    return parse(body, exact_numbers=exact_numbers)


def json_body(
    model: type[Model], *, max_bytes: int = DEFAULT_CAP
) -> Callable[[Request], Awaitable[Model]]:
    """Make a FastAPI dependency that reads and validates the body as `model`.

    Pair it with `openapi_extra=openapi_body(model, example)` on the route.
    """

    async def read(request: Request) -> Model:
        return validated(model, await read_json(request, max_bytes=max_bytes))

    return read


def validated(model: type[Model], value: object) -> Model:
    """Validate parsed JSON; raises Problem 422 with a fault for each field."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Problem(INVALID, errors=faults_of(error, model)) from None


def faults_of(error: ValidationError, model: type[BaseModel]) -> tuple[FieldFault, ...]:
    """Describe what is wrong without a word of the input: for one item of a batch."""
    errors = error.errors(include_url=False)
    return field_faults(errors, field_names(model).__contains__)


@cache
def field_names(model: type[BaseModel]) -> frozenset[str]:
    """Collect every field name a model's schema declares, at any depth."""
    return frozenset(_property_names(model.model_json_schema()))


def _property_names(schema: object) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(_property_names, schema))
    if not isinstance(schema, dict):
        return set()
    own = schema.get("properties")
    names = set(own) if isinstance(own, dict) else set()
    return names.union(*map(_property_names, schema.values()))


def openapi_body(model: type[BaseModel], example: object = None) -> dict[str, Any]:
    """Declare a body read by `json_body` for OpenAPI: give it as `openapi_extra`.

    The schema carries its own `$defs`; shared/openapi.py moves them to the components.
    """
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    content: dict[str, Any] = {"schema": schema}
    if example is not None:
        content["example"] = example
    return {"requestBody": {"required": True, "content": {"application/json": content}}}

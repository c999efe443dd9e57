"""Events in: ours, and CloudEvents in each of their forms, told apart by their headers."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request

from services.ingest.deps import EventSender, Running, is_page
from services.ingest.domain.senders.cloud_events import PREFIX, attributes_in
from services.ingest.usecases.post_items import post_events
from services.ingest.usecases.senders.post_web_events import post_cloud_events, post_page_events
from shared.body import JSON_TYPES
from shared.contracts.cloud_events import (
    BATCHED,
    EXAMPLE_CLOUD_EVENT,
    STRUCTURED,
    CloudEvent,
    RawCloudEventBatch,
)
from shared.contracts.events import EXAMPLE_EVENTS, EventBatch, RawEventBatch
from shared.contracts.receipts import BatchResult
from shared.problem import INVALID, FieldFault, Problem
from shared.problem_handlers import problem_responses
from shared.strict_json import refused
from shared.wire import BATCH_CAP, openapi_body, read_json, validated

router = APIRouter(
    prefix="/v1",
    tags=["events"],
    responses=problem_responses(400, 401, 403, 413, 415, 422, 429, 503),
)


@dataclass(frozen=True, slots=True)
class Posted:
    """Events as they were posted."""

    items: list[Any]
    are_cloud_events: bool = True


async def _posted(request: Request) -> Posted:
    """Read a body by what its headers say it is."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == STRUCTURED:
        return Posted([_object(await _cloud_json(request, STRUCTURED))])
    if kind == BATCHED:
        return Posted(validated(RawCloudEventBatch, await _cloud_json(request, BATCHED)).root)
    if f"{PREFIX}specversion" in request.headers:
        return Posted([await _in_binary_form(request)])
    batch = validated(RawEventBatch, await read_json(request, max_bytes=BATCH_CAP))
    return Posted(batch.events, are_cloud_events=False)


async def _cloud_json(request: Request, content_type: str) -> Any:
    return await read_json(
        request, max_bytes=BATCH_CAP, content_types=(content_type,), exact_numbers=True
    )


def _object(value: Any) -> Any:
    if isinstance(value, dict):
        return value
    raise Problem(INVALID, errors=[FieldFault("", "wrong_type", "must be an object")])


async def _in_binary_form(request: Request) -> dict[str, Any]:
    """Return the event that headers and body tell together, in structured form."""
    try:
        attributes = attributes_in(request.headers.raw)
    except UnicodeDecodeError:
        raise refused("bad_encoding", "A ce- header is not percent-encoded UTF-8") from None
    if any("\0" in value for value in attributes.values()):
        raise refused("nul_character", "NUL characters are not accepted")
    # without a type data is JSON, says the specification
    types = JSON_TYPES if "content-type" in request.headers else None
    data = await read_json(request, max_bytes=BATCH_CAP, content_types=types, exact_numbers=True)
    return attributes | {"data": data}


def _documented() -> dict[str, Any]:
    """Declare the three kinds of body for OpenAPI."""
    extra = openapi_body(EventBatch, EXAMPLE_EVENTS)
    content = extra["requestBody"]["content"]
    schema = openapi_body(CloudEvent)["requestBody"]["content"]["application/json"]["schema"]
    content[STRUCTURED] = {"schema": schema, "example": EXAMPLE_CLOUD_EVENT}
    batch = {"type": "array", "items": schema, "minItems": 1, "maxItems": 1000}
    content[BATCHED] = {"schema": batch, "example": [EXAMPLE_CLOUD_EVENT]}
    return extra


@router.post("/events", openapi_extra=_documented())
async def take_events(request: Request, ingest: Running, caller: EventSender) -> BatchResult:
    """Take orders, behaviour and feedback counts in, ours or as CloudEvents; 200 after commit.

    A publishable key may post browsing only, of a visitor known by anonymous_id or device_id.
    """
    with ingest.admission.room(caller, request.headers.get("content-length")):
        batch = await _posted(request)
        source_id = caller.source or caller.name
        if batch.are_cloud_events:
            return await post_cloud_events(ingest, source_id, batch.items, is_page=is_page(caller))
        if is_page(caller):
            return await post_page_events(ingest, source_id, batch.items)
        return await post_events(ingest, source_id, batch.items)

"""What Segment-compatible clients post: their answers are 200 or {"code", "message"}."""

import json
from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from typing_extensions import override

from services.ingest.deps import Running, admitted, is_page
from services.ingest.usecases.running import Ingest
from services.ingest.usecases.senders.post_segment import BATCH, opened, post_segment
from services.ingest.usecases.senders.salvage import parse_batch
from shared.auth import ApiKeys, authorization_of
from shared.body import read_body
from shared.contracts.segment import (
    EXAMPLES,
    SegmentAnswer,
    SegmentBatch,
    SegmentFault,
    SegmentMessage,
)
from shared.keys import basic_key, bearer_key, is_key
from shared.parameters import ANY_QUERY
from shared.problem import INTERNAL, Problem
from shared.problem_handlers import problem_of
from shared.strict_json import refused
from shared.wire import BATCH_CAP, DEFAULT_CAP, openapi_body

#: Kind of message -> the path that browser clients shorten it to.
PATHS: Final = {
    BATCH: "b",
    "track": "t",
    "identify": "i",
    "page": "p",
    "screen": "s",
    "group": "g",
    "alias": "a",
}
ADDRESSES: Final = frozenset(f"/v1/{name}" for pair in PATHS.items() for name in pair)
_ABOUT: Final = {
    BATCH: "Take a batch of messages in; bad ones are kept aside and the answer is still 200.",
    "track": "Take one tracked event in: an order, browsing, or any other.",
    "identify": "Learn who a visitor is: links what was done before to the person.",
    "page": "Take one viewed page in.",
    "screen": "Take one viewed screen of an app in.",
    "group": "Take in that a person belongs to a group: kept as it is.",
    "alias": "Learn by which name a person was known before.",
}
_REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": SegmentFault} for status in (400, 401, 403, 413, 415, 429, 503)
}


class SegmentRoute(APIRoute):
    """A route whose refusals are what these clients understand: anything else they send again."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler of the route."""
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:
                fault = problem_of(error, request.app.state.problems)
                if fault.kind is INTERNAL:
                    raise
                return refusal(fault)

        return answered


def refusal(fault: Problem) -> Response:
    """Render a problem as {"code", "message"}; a body that says nothing readable is a 400."""
    headers = dict(fault.headers)
    if fault.kind.retry_after_s is not None:
        headers.setdefault("Retry-After", str(fault.kind.retry_after_s))
    first = fault.errors[0] if fault.errors else None
    code = first.code if first else fault.kind.slug
    return Response(
        json.dumps({"code": code, "message": first.message if first else fault.detail}),
        status_code=400 if fault.kind.status == 422 else fault.kind.status,
        headers=headers,
        media_type="application/json",
    )


router = APIRouter(prefix="/v1", tags=["Segment-compatible"], route_class=SegmentRoute)


async def _take(kind: str, request: Request, ingest: Ingest) -> None:
    """Take a post in; a key in its body counts if it is one that may stand in a page."""
    keys: ApiKeys = request.app.state.api_keys
    shown = authorization_of(request.scope["headers"])
    # who has shown nothing yet may not make us read much
    early = await _body(request, DEFAULT_CAP) if shown is None else None
    key = _write_key(early) if shown is None else basic_key(shown) or bearer_key(shown)
    caller = admitted(await keys.caller_with(key))
    with ingest.admission.room(caller, request.headers.get("content-length")):
        post = opened(kind, await _body(request, BATCH_CAP) if early is None else early)
        if post is None:
            raise refused("not_a_message", "The body is no message, nor a batch of them")
        source_id = caller.source or caller.name
        await post_segment(ingest, source_id, post, is_page=is_page(caller))


async def _body(request: Request, max_bytes: int) -> Any:
    return parse_batch(await read_body(request, max_bytes=max_bytes, content_types=None))


def _write_key(body: object) -> str | None:
    key = body.get("writeKey") if isinstance(body, dict) else None
    is_publishable = isinstance(key, str) and key.startswith("tl_pk_") and is_key(key)
    return key if is_publishable else None


def _taker(kind: str) -> Callable[[Request, Running], Coroutine[Any, Any, SegmentAnswer]]:
    async def take(request: Request, ingest: Running) -> SegmentAnswer:
        await _take(kind, request, ingest)
        return SegmentAnswer()

    return take


for _kind, _short in PATHS.items():
    _model = SegmentBatch if _kind == BATCH else SegmentMessage
    router.add_api_route(
        f"/{_kind}",
        _taker(_kind),
        methods=["POST"],
        name=_kind,
        summary=_kind.capitalize(),
        description=_ABOUT[_kind],
        operation_id=f"segment_{_kind}",
        responses=_REFUSALS,
        openapi_extra=openapi_body(_model, EXAMPLES[_kind]) | ANY_QUERY,
    )
    router.add_api_route(
        f"/{_short}", _taker(_kind), methods=["POST"], include_in_schema=False, name=_short
    )

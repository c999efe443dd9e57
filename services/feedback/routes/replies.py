"""What requests that may be repeated are answered: the first answer again, marked as such."""

from collections.abc import Mapping
from typing import Final

from starlette.responses import JSONResponse

from shared.idempotency import REPLAYED, Answer
from shared.if_match import etag

_NONE: Final[Mapping[str, str]] = {}


def replied(answer: Answer, headers: Mapping[str, str] = _NONE) -> JSONResponse:
    """Send what a request came to."""
    replayed = REPLAYED if answer.is_replayed else {}
    return JSONResponse(dict(answer.body), answer.status, {**headers, **replayed})


def replied_with_version(answer: Answer) -> JSONResponse:
    """Send a versioned thing that was made; its ETag is its version."""
    return replied(answer, etag(int(answer.body["version"])))

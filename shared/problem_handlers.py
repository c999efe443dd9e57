"""One renderer for every error of an app: ours, FastAPI's, Starlette's and the unexpected."""

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared import problem
from shared.away import is_away
from shared.faults import field_faults
from shared.logs import request_id
from shared.problem import DomainError, Kind, Problem, ProblemTable

_KINDS = {
    kind.status: kind
    for kind in (
        problem.BAD_REQUEST,
        problem.UNAUTHENTICATED,
        problem.FORBIDDEN,
        problem.NOT_FOUND,
        problem.METHOD_NOT_ALLOWED,
        problem.TOO_LARGE,
        problem.UNSUPPORTED_MEDIA,
        problem.INVALID,
    )
}


def install(app: FastAPI, table: ProblemTable) -> None:
    """Make every error of the app a problem document; the last handler is shared/edge.py."""

    async def of_domain(_: Request, error: Exception) -> Response:
        return answer(problem_of(error, table))

    for cls in (DomainError, Problem, RequestValidationError, HTTPException):
        app.add_exception_handler(cls, of_domain)
    # for routes that render errors in a form of their own
    app.state.problems = table


def answer(fault: Problem) -> Response:
    """Render a problem under the id of the running request."""
    return problem.render(fault, request_id())


def problem_of(error: Exception, table: ProblemTable) -> Problem:
    """Give any error its HTTP form; what is not known becomes a generic 500 or 503."""
    match error:
        case Problem():
            return error
        case DomainError():
            return Problem(problem.kind_of(error, table), error.detail, headers=error.headers)
        case RequestValidationError():
            return Problem(problem.INVALID, errors=field_faults(error.errors(), _is_parameter))
        case HTTPException():
            return Problem(_kind_of_status(error.status_code), headers=error.headers)
        case _ if is_away(error):
            return Problem(problem.AWAY)
        case _:
            return Problem(problem.INTERNAL)


def start_refusal(error: BaseException | None) -> str:
    """Say why a start was refused; empty when the trace is needed to know."""
    if isinstance(error, DomainError):
        return error.detail
    if error is not None and is_away(error):
        return f"The database cannot be reached ({type(error).__name__}): see DATABASE_URL"
    return ""


def _is_parameter(_: str) -> bool:
    # The names of path and query parameters are ours; only declared ones are ever faulted.
    return True


def _kind_of_status(status: int) -> Kind:
    phrase = HTTPStatus(status).phrase
    return _KINDS.get(status) or Kind(status, phrase.lower().replace(" ", "_"), phrase)


def problem_responses(*statuses: int) -> dict[int | str, dict[str, object]]:
    """Declare problem answers for OpenAPI; put on routers as `responses=`."""
    return {status: _response(status) for status in statuses or DECLARED}


# What any route with a body behind a key may answer.
DECLARED: Sequence[int] = (400, 401, 403, 404, 409, 413, 415, 422, 429, 503)


def _response(status: int) -> dict[str, object]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": HTTPStatus(status).phrase,
        "content": {problem.MEDIA_TYPE: {"schema": schema}},
    }


PROBLEM_SCHEMA: dict[str, object] = {
    "title": "Problem",
    "type": "object",
    "description": "RFC 9457 problem document.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "examples": [problem.TYPE_PREFIX + "invalid"]},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "The request id, also X-Request-Id."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}

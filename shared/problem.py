"""How errors leave: domain errors mapped to RFC 9457 documents that never echo the input."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from starlette.responses import Response
from typing_extensions import override

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "tag:tierline,2026:problem/"
_OF_FORM = frozenset({400, 422})


class DomainError(Exception):
    """The request cannot be fulfilled."""

    @property
    def detail(self) -> str:
        """Say what is wrong: the first line of the class docstring, made for people."""
        docs = (cls.__doc__ for cls in type(self).__mro__)
        return next(doc for doc in docs if doc).strip().splitlines()[0]

    @property
    def headers(self) -> Mapping[str, str]:
        """Give what its answer says beside the document, such as when to come again."""
        return {}

    @override
    def __str__(self) -> str:
        """Say the same in logs and on terminals."""
        return self.detail


class Kind(NamedTuple):
    """What one class of error is over HTTP; `pointer` and `code` where it is one fault."""

    status: int
    slug: str
    title: str
    retry_after_s: int | None = None
    pointer: str = ""
    code: str = ""


ProblemTable = Mapping[type[DomainError], Kind]


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One fault in a body: where (JSON pointer), which (stable code) and what to do."""

    pointer: str
    code: str
    message: str


class Problem(Exception):
    """An error that already knows its HTTP form; for the wire and auth, not for domains."""

    def __init__(
        self,
        kind: Kind,
        detail: str = "",
        *,
        errors: Sequence[FieldFault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Take the kind, a sentence for people, and the faults by field."""
        super().__init__(kind.slug)
        self.kind = kind
        self.detail = detail or kind.title
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


def kind_of(error: DomainError, table: ProblemTable) -> Kind:
    """Find the nearest mapped class of an error; an unmapped one is a mistake of ours."""
    for cls in type(error).__mro__:
        if kind := table.get(cls):
            return kind
    return INTERNAL


def faults_of(problem: Problem) -> Sequence[FieldFault]:
    """Give the faults of a problem: a request that is refused for its form names at least one.

    So does any other whose kind has a code.
    """
    kind = problem.kind
    if problem.errors or not (kind.code or kind.status in _OF_FORM):
        return problem.errors
    return [FieldFault(kind.pointer, kind.code or kind.slug, problem.detail)]


def document(problem: Problem, instance: str) -> dict[str, object]:
    """Give the RFC 9457 members of a problem."""
    body: dict[str, object] = {
        "type": TYPE_PREFIX + problem.kind.slug,
        "title": problem.kind.title,
        "status": problem.kind.status,
        "detail": problem.detail,
        "instance": instance,
    }
    if faults := faults_of(problem):
        body["errors"] = [
            {"pointer": fault.pointer, "code": fault.code, "message": fault.message}
            for fault in faults
        ]
    return body


def invalid_at(pointer: str, code: str) -> Kind:
    """Make the 422 of an error that is one fault of a request: where it lies, and its code."""
    return INVALID._replace(pointer=pointer, code=code)


def at(kind: Kind, pointer: str, code: str) -> Kind:
    """Say of a kind of error which one fault it is: where it lies in the request, and its code."""
    return kind._replace(pointer=pointer, code=code)


def render(problem: Problem, instance: str) -> Response:
    """Answer with a problem document."""
    headers = dict(problem.headers)
    if problem.kind.retry_after_s is not None:
        headers.setdefault("Retry-After", str(problem.kind.retry_after_s))
    return Response(
        json.dumps(document(problem, instance), ensure_ascii=False),
        status_code=problem.kind.status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


INTERNAL = Kind(500, "internal", "Something went wrong here")
AWAY = Kind(503, "database_unavailable", "The database cannot be reached just now", 1)
BUSY = Kind(503, "overloaded", "The service is busy", 1)
NOT_READY = Kind(503, "not_ready", "The service is not ready", 1)
TOO_MANY = Kind(429, "too_many_requests", "Too many requests", 1)
UNAUTHENTICATED = Kind(401, "unauthenticated", "A valid API key is needed")
UNSIGNED = Kind(401, "unsigned", "No valid secret of this source signed the push")
FORBIDDEN = Kind(403, "forbidden", "The key may not do this")
NOT_FOUND = Kind(404, "not_found", "There is no such thing")
METHOD_NOT_ALLOWED = Kind(405, "method_not_allowed", "The method is not allowed here")
GONE = Kind(410, "erased", "What was there has been erased")
CONFLICT = Kind(409, "conflict", "The request conflicts with what is stored")
KEY_IN_URL = Kind(400, "key_in_url", "A key does not belong in an address")
BAD_REQUEST = Kind(400, "bad_request", "The request cannot be read")
TOO_LARGE = Kind(413, "too_large", "The body is too large")
UNSUPPORTED_MEDIA = Kind(415, "unsupported_media_type", "The body is of a type not read here")
INVALID = Kind(422, "invalid", "The request has faults")
OUT_OF_RANGE = Kind(422, "out_of_range", "A number is out of range")

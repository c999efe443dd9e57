"""If-Match: change only what was read; the ETag of a thing is its version."""

import re
from typing import Annotated, Any, Final

from fastapi import Depends, Request

from shared.one_header import one_header
from shared.problem import BAD_REQUEST, Kind, Problem, at

_HEADER: Final = "/header/if-match"
MISSING: Final = at(
    Kind(428, "precondition_required", "Say which version is changed"), _HEADER, "missing"
)
STALE: Final = at(
    Kind(412, "precondition_failed", "It was changed by somebody else"), _HEADER, "changed_since"
)

_WRONG: Final = (
    BAD_REQUEST._replace(pointer=_HEADER, code="wrong_form"),
    'If-Match is the ETag that was read, such as "3"',
)
#: For a route's `openapi_extra`.
IF_MATCH_PARAMETER: Final[dict[str, Any]] = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": 'The ETag that was read, such as `"3"`; 412 when it was changed since.',
    "schema": {"type": "string", "pattern": '^(W/)?"[0-9]{1,18}"$'},
}
_TAG: Final = re.compile(r'(?:W/)?"([0-9]{1,18})"', re.ASCII)


def version_of(request: Request) -> int | None:
    """Read the version that If-Match names; None without one; raises Problem 400."""
    found = one_header(request, "if-match", _TAG, _WRONG)
    return None if found is None else int(found[1])


def required(version: int | None) -> int:
    """Insist on a version, where the address is one of something; raises Problem 428."""
    if version is None:
        raise Problem(MISSING, "Send the ETag that was read as If-Match")
    return version


def etag(version: int) -> dict[str, str]:
    """Name a version in the headers of an answer."""
    return {"ETag": f'"{version}"'}


def required_version_of(request: Request) -> int:
    """Read the version that If-Match names; raises Problem 400 and 428."""
    return required(version_of(request))


# Ask for it after the body: a body that cannot be read is told first. A required one is missed
# before an address is looked at: where that has to come first, use `Version` and `required`.
Version = Annotated[int | None, Depends(version_of)]
RequiredVersion = Annotated[int, Depends(required_version_of)]

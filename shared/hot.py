"""Routes dispatched before FastAPI's machinery: a tier read has no time for it.

Describe each in OpenAPI with an ordinary route of the same path; that one also answers other
methods, and is what a reader of the routes folder finds.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Scope

_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class HotRoute:
    """One method and path template, answered by a bare ASGI app (see `scope["path_params"]`)."""

    method: str
    path: str
    app: ASGIApp
    _match: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compile the template once."""
        names = _PARAMETER.split(self.path)
        pattern = "".join(
            f"(?P<{part}>[^/]+)" if index % 2 else re.escape(part)
            for index, part in enumerate(names)
        )
        object.__setattr__(self, "_match", re.compile(pattern))

    def parameters(self, scope: Scope) -> dict[str, str] | None:
        """Read the path's parameters; None when the request is for another route."""
        if scope["method"] != self.method:
            return None
        match = self._match.fullmatch(scope["path"])
        return match.groupdict() if match else None


def select(routes: Sequence[HotRoute], scope: Scope) -> ASGIApp | None:
    """Find the hot route of a request and name it in the scope."""
    for route in routes:
        parameters = route.parameters(scope)
        if parameters is not None:
            scope["path_params"] = parameters
            scope["route"] = route
            return route.app
    return None

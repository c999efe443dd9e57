"""Refuse query parameters that an address does not take: a misspelt filter would give everything.

Declared parameters are FastAPI's own: those of a route and of its dependencies. A request without
a query string costs one look at it.
"""

import re
from collections import Counter
from collections.abc import Awaitable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from itertools import islice
from typing import Any, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.faults import MAX_FAULTS
from shared.hot import HotRoute
from shared.problem import INVALID, FieldFault, Problem

_ANY: Final = "x-takes-any-query"
#: Give it as `openapi_extra` where the software of others writes the address and none of its
#: query is read: what it pushes must not be lost for a word in the address.
ANY_QUERY: Final[dict[str, Any]] = {_ANY: True}
#: Let through anywhere: a client pages every list alike, also one that always fits a page.
_OF_LISTS: Final = frozenset({"limit", "cursor"})
# A name that is a plain word is said again; anything else might be somebody's data.
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z_]{0,39}", re.ASCII)


async def known_parameters(request: Request) -> None:
    """Let a request pass whose parameters its route declares; raises Problem 422."""
    query: bytes = request.scope["query_string"]
    if query and (declared := declared_by(request.scope["route"])) is not None:
        check(query, declared)


def guarded(hot_routes: Sequence[HotRoute], routers: Sequence[APIRouter]) -> list[HotRoute]:
    """Have hot routes refuse what the ordinary routes that describe them do not declare."""
    routes = [each for router in routers for each in router.routes if isinstance(each, APIRoute)]
    return [_guarded(hot, routes) for hot in hot_routes]


def declared_by(route: APIRoute) -> frozenset[str] | None:
    """Name the query parameters of a route; None where any is let through.

    Addresses that are no part of the API's document are links for people, whom a word that a
    mailer adds (`utm_source`) may not turn away.
    """
    if not route.include_in_schema or is_free(route.openapi_extra or {}):
        return None
    return frozenset(_aliases(route.dependant))


def is_free(operation: Mapping[str, Any]) -> bool:
    """Tell whether an operation of the document takes any word in its address."""
    return _ANY in operation


def check(query: bytes, declared: Collection[str]) -> None:
    """Let a query string pass that names declared parameters, each once; raises Problem 422."""
    # as Starlette reads it
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    times = Counter(name for name, _ in pairs)
    if faults := list(islice(_faults(times, declared), MAX_FAULTS)):
        raise Problem(INVALID, errors=faults)


def _guarded(hot: HotRoute, routes: Iterable[APIRoute]) -> HotRoute:
    described = (each for each in routes if _is_of(each, hot))
    route = next(described, None)
    declared = None if route is None else declared_by(route)
    return hot if declared is None else replace(hot, app=_checking(hot.app, declared))


def _is_of(route: APIRoute, hot: HotRoute) -> bool:
    return route.path == hot.path and hot.method in (route.methods or ())


def _checking(app: ASGIApp, declared: frozenset[str]) -> ASGIApp:
    # no coroutine of its own: the tier read would pay for it
    def checked(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if query := scope["query_string"]:
            check(query, declared)
        return app(scope, receive, send)

    return checked


def _aliases(dependant: Dependant) -> set[str]:
    own = {field.alias for field in dependant.query_params}
    return own.union(*map(_aliases, dependant.dependencies))


def _faults(times: Counter[str], declared: Collection[str]) -> Iterable[FieldFault]:
    is_odd_told = False
    for name, count in times.items():
        if name in declared:
            if count > 1:
                yield FieldFault(f"/query/{name}", "repeated", "must be given once")
        elif _PLAIN.fullmatch(name):
            if name not in _OF_LISTS:
                yield _unknown(f"/query/{name}", "is", name, declared)
        elif not is_odd_told:
            is_odd_told = True
            yield _unknown("/query", "holds a parameter that is", name, declared)


def _unknown(pointer: str, words: str, name: str, declared: Collection[str]) -> FieldFault:
    said = f"{words} not known here: {_advice(name, declared)}"
    return FieldFault(pointer, "unknown_parameter", said)


def _advice(name: str, declared: Collection[str]) -> str:
    if near := get_close_matches(name[:64].lower(), sorted(declared), n=1):
        return f"did you mean {near[0]}?"
    return f"known are {', '.join(sorted(declared))}" if declared else "nothing is known here"

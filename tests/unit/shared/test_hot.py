"""Hot routes match exactly their template."""

import pytest
from starlette.types import Receive, Scope, Send

from shared.hot import HotRoute, select


async def app(_: Scope, __: Receive, ___: Send) -> None:
    raise AssertionError


ROUTE = HotRoute("GET", "/v1/a.b/{id}/c/{other}", app)


@pytest.mark.parametrize(
    "path", ["/v1/a.b/x/c/", "/v1/aXb/x/c/y", "/v1/a.b/x/c/y/", "/v1/a.b//c/y"]
)
def test_another_path_is_not_matched(path: str) -> None:
    assert select([ROUTE], {"method": "GET", "path": path}) is None


def test_parameters_and_route_are_left_in_the_scope() -> None:
    scope: Scope = {"method": "GET", "path": "/v1/a.b/咖 啡/c/y"}
    assert select([ROUTE], scope) is app
    assert scope["path_params"] == {"id": "咖 啡", "other": "y"}
    assert scope["route"].path == "/v1/a.b/{id}/c/{other}"

"""The unit tier talks to nobody: a connection attempt is an error."""

import socket
import sys
from collections.abc import Iterator

import pytest

_NETWORK_EVENTS = frozenset({"socket.connect", "socket.getaddrinfo", "socket.sendto"})
_state = {"is_blocked": False}


class NetworkInUnitTest(RuntimeError):
    """A unit test opened a connection."""


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    if not _state["is_blocked"] or event not in _NETWORK_EVENTS:
        return
    first = arguments[0]
    if isinstance(first, socket.socket) and first.family == socket.AF_UNIX:
        return
    raise NetworkInUnitTest(f"{event}: move this test to tests/integration")


# An audit hook cannot be taken away again, so it asks the flag; nothing is patched.
sys.addaudithook(_refuse_network)


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    _state["is_blocked"] = True
    yield
    _state["is_blocked"] = False

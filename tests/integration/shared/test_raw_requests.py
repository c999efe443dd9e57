"""Requests as no client library sends them, over a socket, to the real service."""

import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest

from tests.servers import add_key, query, running

RECEIVED = 65536
QUIET_S = 0.3


@dataclass(frozen=True, slots=True)
class Wire:
    """The service's port, a key, and the database behind it."""

    port: int
    key: str
    database_url: str

    def say(self, text: bytes) -> bytes:
        """Send these bytes; return everything that is answered until it is quiet."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(text.replace(b"KEY", self.key.encode()))
            answer = b""
            with suppress(TimeoutError):
                while part := connection.recv(RECEIVED):
                    answer += part
                    connection.settimeout(QUIET_S)
            return answer


@pytest.fixture(scope="module")
def wire(module_database_url: str) -> Iterator[Wire]:
    with running("ingest", module_database_url) as server:
        yield Wire(server.port, add_key(module_database_url), module_database_url)


def statuses(answer: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"HTTP/1\.1 (\d+)", answer)]


def head(line: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join(
        [line + b" HTTP/1.1", b"Host: a", b"Authorization: Bearer KEY", *headers, b"", b""]
    )


POST = b"POST /v1/receipts"
JSON = b"Content-Type: application/json"
#: A second request, hidden in what one reader takes for the body of the first.
HIDDEN = head(b"PUT /v1/customers/smuggled", JSON, b"Content-Length: 2") + b"{}"
CHUNKED = b"0\r\n\r\n" + HIDDEN
LENGTH = b"Content-Length: %d" % len(CHUNKED)
REQUESTS = {
    "length and chunked": head(POST, JSON, LENGTH, b"Transfer-Encoding: chunked") + CHUNKED,
    "chunked and length": head(POST, JSON, b"Transfer-Encoding: chunked", LENGTH) + CHUNKED,
    "two lengths": head(POST, JSON, b"Content-Length: 2", LENGTH) + b"{}" + HIDDEN,
    "negative length": head(POST, JSON, b"Content-Length: -1") + HIDDEN,
    "signed length": head(POST, JSON, b"Content-Length: +2") + b"{}" + HIDDEN,
    "unknown coding": head(POST, JSON, b"Transfer-Encoding: xchunked") + CHUNKED,
    "space before colon": head(POST, JSON, b"Transfer-Encoding : chunked") + CHUNKED,
    "bad chunk size": head(POST, JSON, b"Transfer-Encoding: chunked") + b"zz\r\n" + HIDDEN,
    "folded header": head(b"GET /health/live", b"X-A: b\r\n c"),
    "NUL in a header": head(b"GET /health/live", b"X-A: b\x00c"),
    "CR in a header": head(b"GET /health/live", b"X-A: b\rX-B: c"),
    "lines ended by LF": b"GET /health/live HTTP/1.1\nHost: a\n\n",
    "two hosts": head(b"GET /health/live", b"Host: b"),
    "NUL in the address": head(b"GET /v1/customers/%00"),
    "CRLF in the address": head(b"GET /v1/customers/a%0d%0aX-Evil:%20b"),
    "bytes in the address": head("GET /v1/customers/é".encode()),
    "empty parts": head(b"GET //v1/customers/a"),
    "empty parts within": head(b"GET /v1//customers/a"),
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
} | {
    f"{name} from {method.decode()}": head(
        method + b" /v1/customers/smuggled", name.encode() + b": PUT"
    )
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
    for method in (b"GET", b"DELETE")
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_that_can_be_read_in_two_ways_is_refused(wire: Wire, name: str) -> None:
    answer = wire.say(REQUESTS[name])
    assert statuses(answer) == [400]
    assert b"evil" not in answer.lower()
    assert b"traceback" not in answer.lower()


def test_nothing_smuggled_was_done(wire: Wire) -> None:
    for request in REQUESTS.values():
        wire.say(request)
    assert query(wire.database_url, "SELECT customer_id FROM customers") == []


def test_a_request_id_cannot_break_the_headers(wire: Wire) -> None:
    answer = wire.say(head(b"GET /health/live", b"X-Request-Id: a%0d%0aX-Evil: 1"))
    assert statuses(answer) == [200]
    assert b"evil" not in answer.lower()


def test_two_requests_in_one_connection_are_two(wire: Wire) -> None:
    """The hidden request is one a reader does obey: only the framing above keeps it out."""
    request = head(b"PUT /v1/customers/plain", JSON, b"Content-Length: 2") + b"{}"
    assert statuses(wire.say(request + request)) == [200, 200]
    query(wire.database_url, "DELETE FROM customers WHERE customer_id = 'plain'")


SPOOFED = (
    b"X-Forwarded-For: 203.0.113.7",
    b"X-Real-Ip: 203.0.113.7",
    b"Forwarded: for=203.0.113.7",
)


def test_a_claimed_address_is_neither_believed_nor_logged(module_database_url: str) -> None:
    with running("ingest", module_database_url) as server:
        wire = Wire(server.port, add_key(module_database_url), module_database_url)
        plain = wire.say(head(b"GET /v1/customers/nobody"))
        claimed = wire.say(head(b"GET /v1/customers/nobody", *SPOOFED, b"X-Forwarded-Proto: https"))
        assert statuses(plain) == statuses(claimed) == [404]
        server.stop()
        server.log.seek(0)
        log = server.log.read()
    assert log.count(b'"status":404') == 2
    assert b"203.0.113.7" not in log

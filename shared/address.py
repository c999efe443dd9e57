"""Requests that cannot be meant: a key, NUL or bad UTF-8 in the address, two methods, two hosts."""

import re
from urllib.parse import unquote_to_bytes

from starlette.types import Scope

from shared.keys import is_key_in_url
from shared.problem import BAD_REQUEST, KEY_IN_URL, Problem
from shared.strict_json import refused

_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
# Some proxies and frameworks obey them: two readers of one request would do two things.
_OVERRIDES = frozenset({b"x-http-method-override", b"x-http-method", b"x-method-override"})


def address_fault(scope: Scope) -> Problem | None:
    """Find what makes an address unreadable, or readable in two ways."""
    query: bytes = scope["query_string"]
    path: str = scope["path"]
    if is_key_in_url(path, query):
        return Problem(
            KEY_IN_URL, "The key has been seen by every log on its way: revoke it and make another"
        )
    if fault := _ambiguity(scope):
        return fault
    if path.isascii() and path.isprintable() and b"%" not in query:
        return None
    return (
        _text_fault(path.encode(errors="surrogatepass"))
        or _text_fault(unquote_to_bytes(scope.get("raw_path") or b""))
        or _text_fault(unquote_to_bytes(query))
    )


def _ambiguity(scope: Scope) -> Problem | None:
    hosts = 0
    for name, _ in scope["headers"]:
        if name in _OVERRIDES:
            return Problem(BAD_REQUEST, "A request has one method: send it as such")
        hosts += name == b"host"
    if hosts > 1:
        return Problem(BAD_REQUEST, "A request has one Host header")
    if b"//" in scope.get("raw_path", b""):
        return Problem(BAD_REQUEST, "An address has no empty parts")
    return None


def _text_fault(plain: bytes) -> Problem | None:
    if b"\x00" in plain:
        return refused("nul_character", "NUL characters are not accepted")
    try:
        plain.decode("utf-8")
    except UnicodeDecodeError:
        return refused("bad_encoding", "The address is not valid UTF-8 text")
    if _CONTROL.search(plain):
        return Problem(BAD_REQUEST, "Control characters are not accepted in an address")
    return None

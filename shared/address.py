"""Addresses that cannot be meant: a key in them, NUL, control characters, bad UTF-8."""

import re
from urllib.parse import unquote_to_bytes

from starlette.types import Scope

from shared.keys import is_key_in_url
from shared.problem import BAD_REQUEST, KEY_IN_URL, Problem
from shared.strict_json import refused

_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


def address_fault(scope: Scope) -> Problem | None:
    """Find what makes an address unreadable: a key, NUL, control characters, bad UTF-8."""
    query: bytes = scope["query_string"]
    path: str = scope["path"]
    if is_key_in_url(path, query):
        return Problem(
            KEY_IN_URL, "The key has been seen by every log on its way: revoke it and make another"
        )
    if path.isascii() and path.isprintable() and b"%" not in query:
        return None
    return (
        _text_fault(path.encode(errors="surrogatepass"))
        or _text_fault(unquote_to_bytes(scope.get("raw_path") or b""))
        or _text_fault(unquote_to_bytes(query))
    )


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

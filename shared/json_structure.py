"""What a JSON body holds, counted before anything is parsed: every scan is linear and in C."""

import re

MAX_DEPTH = 32
MAX_KEYS = 10_000
MAX_CONTAINERS = 150_000
MAX_ITEMS = 1_000_000

_ALL_OPEN = bytes.maketrans(b"{}", b"[]")
_NOT_STRUCTURE = bytes(sorted(set(range(256)) - set(b'[]{}"')))
_NOT_STRUCTURE_OR_COMMA = bytes(sorted(set(_NOT_STRUCTURE) - set(b",")))
_LONG_RUN = b"," * MAX_KEYS
_STRING = re.compile(rb'"[^"]*"')


class TooMany(ValueError):
    """More values than any batch holds."""


class TooDeep(ValueError):
    """More levels than any body needs."""


def check_structure(body: bytes) -> None:
    """Refuse a body that is deep, scattered or endless; raises TooMany or TooDeep."""
    commas = body.count(b",")
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH and commas <= MAX_KEYS:
        return  # too few of both for anything to be deep or long
    brackets = _outside_strings(body, _NOT_STRUCTURE)
    containers = brackets.count(b"[")
    if commas > MAX_ITEMS or containers > MAX_CONTAINERS:
        raise TooMany
    # Only a body of few containers and many commas can hold a very long one.
    is_long = commas > max(MAX_KEYS, 100 * containers)
    if is_long and _LONG_RUN in _outside_strings(body, _NOT_STRUCTURE_OR_COMMA):
        raise TooMany
    if _is_deeper(brackets, MAX_DEPTH):
        raise TooDeep


def _outside_strings(body: bytes, dropped: bytes) -> bytes:
    """Keep only the structure outside strings, every kind of bracket written as [ and ].

    Inside a string, once escaped backslashes and then escaped quotes are gone, a quote can only
    end it; removing two adjacent quotes never changes what is inside and what is outside.
    """
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    marks = body.translate(_ALL_OPEN, dropped).replace(b'""', b"")
    quotes = marks.count(b'"')
    if quotes > 2 * MAX_CONTAINERS:
        raise TooMany
    return _STRING.sub(b"", marks) if quotes else marks


def _is_deeper(brackets: bytes, limit: int) -> bool:
    """Tell whether balanced brackets nest deeper: every pass takes the innermost level away.

    Unbalanced ones stop shrinking and are left to the parser, unless a plain run is too long.
    """
    run = b"[" * (limit + 1)
    for _ in range(limit):
        if not brackets:
            return False
        if run in brackets:
            return True
        shorter = brackets.replace(b"[]", b"")
        if len(shorter) == len(brackets):
            return len(brackets) > limit
        brackets = shorter
    return bool(brackets)

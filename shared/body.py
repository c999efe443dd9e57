"""Read a request body under caps: bytes counted as they come, gzip unpacked within bounds."""

import zlib
from collections.abc import AsyncIterable

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request

from shared.problem import BAD_REQUEST, TOO_LARGE, UNSUPPORTED_MEDIA, Problem
from shared.strict_json import refused

MIB = 1024 * 1024
DEFAULT_CAP = MIB
BATCH_CAP = 8 * MIB
MAX_RATIO = 100
# A small body of equal records may well shrink a hundredfold; a bomb is not small.
RATIO_FLOOR = 64 * 1024
MAX_MEMBERS = 16
_GZIP_OR_ZLIB_HEADER = zlib.MAX_WBITS | 16
JSON_TYPES = ("application/json",)


async def read_body(
    request: Request,
    *,
    max_bytes: int = DEFAULT_CAP,
    content_types: tuple[str, ...] | None = JSON_TYPES,
) -> bytes:
    """Read and unpack a body; raises Problem 400, 413 or 415. `content_types=None` takes any."""
    if content_types is not None:
        check_content_type(request.headers, content_types)
    is_packed = _is_gzip(request.headers)
    _check_declared_length(request.headers, max_bytes)
    try:
        raw = await _collect(request.stream(), max_bytes)
    except ClientDisconnect:
        raise Problem(BAD_REQUEST, "The body ended early") from None
    return inflate(raw, max_bytes) if is_packed else raw


def check_content_type(headers: Headers, content_types: tuple[str, ...]) -> None:
    """Accept only the named media types, in UTF-8; raises Problem 415."""
    kind, *parameters = ",".join(headers.getlist("content-type")).split(";")
    if kind.strip().lower() not in content_types:
        raise Problem(UNSUPPORTED_MEDIA, f"Send {' or '.join(content_types)} in UTF-8")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        charset = value.strip().strip('"').lower()
        if name.strip().lower() == "charset" and charset not in ("utf-8", "utf8"):
            raise Problem(UNSUPPORTED_MEDIA, "The body must be in UTF-8")


def _is_gzip(headers: Headers) -> bool:
    coding = ",".join(headers.getlist("content-encoding")).strip().lower()
    if coding in ("", "identity"):
        return False
    if coding in ("gzip", "x-gzip"):
        return True
    raise Problem(
        UNSUPPORTED_MEDIA,
        "Send the body plain or packed once with gzip",
        headers={"Accept-Encoding": "gzip"},
    )


def _check_declared_length(headers: Headers, max_bytes: int) -> None:
    declared = headers.get("content-length", "")
    # A length of more than 20 digits is over any cap; int() of a long text is slow.
    if len(declared) > 20 or (declared.isdecimal() and int(declared) > max_bytes):
        raise too_large(max_bytes)


def too_large(max_bytes: int) -> Problem:
    """Make the 413 that names the cap."""
    return Problem(TOO_LARGE, f"A body may have at most {max_bytes} bytes, also when unpacked")


async def _collect(chunks: AsyncIterable[bytes], max_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > max_bytes:
            raise too_large(max_bytes)
        parts.append(chunk)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def inflate(packed: bytes, max_bytes: int) -> bytes:
    """Unpack gzip, also of several members, never making more than the cap allows."""
    limit = min(max_bytes, max(RATIO_FLOOR, MAX_RATIO * len(packed)))
    parts: list[bytes] = []
    for _ in range(MAX_MEMBERS):
        part, packed = _inflate_member(packed, limit)
        limit -= len(part)
        parts.append(part)
        if not packed:
            return b"".join(parts)
    raise _bad_gzip()


def _inflate_member(packed: bytes, limit: int) -> tuple[bytes, bytes]:
    """Unpack one member; give what follows it too."""
    member = zlib.decompressobj(_GZIP_OR_ZLIB_HEADER)
    try:
        part = member.decompress(packed, limit + 1)
    except zlib.error:
        raise _bad_gzip() from None
    if len(part) > limit:
        raise Problem(TOO_LARGE, "The body unpacks to more than is accepted")
    if not member.eof:
        raise _bad_gzip()
    return part, member.unused_data


def _bad_gzip() -> Problem:
    return refused("bad_gzip", "The body is not a whole gzip stream")

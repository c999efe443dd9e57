"""Pools of raw asyncpg connections, and the forms of a database address."""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import asyncpg

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "", None})


@dataclass(frozen=True, slots=True)
class Limits:
    """How long statements and locks may take; a pool's size is its argument."""

    application: str
    statement_timeout_s: float = 5.0
    lock_timeout_s: float = 2.0
    connect_timeout_s: float = 5.0


async def create_raw_pool(
    url: str, limits: Limits, *, size: int = 8, opened: int = 2
) -> asyncpg.Pool:
    """Make a raw pool for the hot paths; jsonb goes in and out as Python values.

    `opened=0` opens no connection yet: the database may be away.
    """
    return await asyncpg.create_pool(
        **connect_arguments(url, limits),
        min_size=min(opened, size),
        max_size=size,
        init=_use_json,
        reset=_keep_session,
        # Hot paths name few statements; a connection keeps them for its whole life.
        statement_cache_size=256,
        max_cached_statement_lifetime=0,
        max_inactive_connection_lifetime=0,
        max_queries=10_000_000,
    )


async def _use_json(connection: asyncpg.Connection) -> None:
    for name in ("json", "jsonb"):
        # In binary, so that COPY may carry it; jsonb's binary form is a version byte and the text.
        version = b"\x01" if name == "jsonb" else b""
        await connection.set_type_codec(
            name,
            schema="pg_catalog",
            encoder=partial(_to_json, version),
            decoder=partial(_from_json, len(version)),
            format="binary",
        )


def _to_json(version: bytes, value: object) -> bytes:
    """Write a value; bytes are JSON already (a hot path writes its own, five times as fast)."""
    return version + (value if isinstance(value, bytes) else json.dumps(value).encode())


def _from_json(skipped: int, data: bytes) -> Any:
    return json.loads(data[skipped:])


async def _keep_session(_: asyncpg.Connection) -> None:
    """Skip the RESET ALL round trip: our code sets nothing for a session, only `SET LOCAL`.

    asyncpg has rolled back what was left open before it asks; session-wide locks would stay.
    """


def connect_arguments(url: str, limits: Limits) -> dict[str, Any]:
    """Give asyncpg's arguments: plain URL, timeouts set by the server for every session."""
    arguments: dict[str, Any] = {
        "dsn": plain_url(url),
        "timeout": limits.connect_timeout_s,
        # The server's own timeout comes first; this one is for a server that no longer speaks.
        "command_timeout": limits.statement_timeout_s + 2,
        "server_settings": {
            "application_name": limits.application,
            "statement_timeout": _milliseconds(limits.statement_timeout_s),
            "lock_timeout": _milliseconds(limits.lock_timeout_s),
            "idle_in_transaction_session_timeout": "60000",
            "timezone": "UTC",
        },
    }
    if _is_local(url) and "sslmode" not in parse_qs(urlsplit(url).query):
        # asyncpg otherwise looks for certificates in HOME, which a service user may not read.
        arguments["ssl"] = False
    return arguments


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in _LOOPBACK


def plain_url(url: str) -> str:
    """Give the URL as libpq and asyncpg read it."""
    scheme, rest = url.split("://", 1)
    driver = scheme.partition("+")[0]
    return f"{'postgresql' if driver == 'postgres' else driver}://{rest}"


def sqlalchemy_url(url: str) -> str:
    """Give the URL as SQLAlchemy's asyncpg dialect reads it (`ssl=`, not `sslmode=`)."""
    parts = urlsplit(plain_url(url))
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    mode = query.pop("sslmode", "disable" if _is_local(url) else None)
    if mode is not None:
        query.setdefault("ssl", mode)
    return urlunsplit(
        ("postgresql+asyncpg", parts.netloc, parts.path, urlencode(query), parts.fragment)
    )

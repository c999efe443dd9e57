"""Read what a host must know to answer without a database: programmes, keys, everybody's tier."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import asyncpg

from services.scoring.domain.last_known.layout import MAX_RANK, KnownKey, KnownProgramme
from services.scoring.domain.programmes.ladder import rungs_of

_OFFER: Final = ("tiers", "benefits", "time_zone")
_MOST_KEYS: Final = 10_000
_CHUNK: Final = 5_000
# A programme answers at the version of its live release; before the first, at its newest one.
_PROGRAMMES: Final = """
SELECT p.programme_key, p.audience, p.is_default, v.version, v.document, l.release_id,
    r.model_version
FROM programmes p
LEFT JOIN live_releases l ON l.programme_key = p.programme_key
LEFT JOIN releases r ON r.release_id = l.release_id
JOIN LATERAL (
    SELECT version, document FROM programme_versions
    WHERE programme_key = p.programme_key
        AND (version = r.programme_version OR r.release_id IS NULL AND status = 'published')
    ORDER BY version DESC LIMIT 1
) v ON true
ORDER BY p.programme_key LIMIT 1000
"""
# A key that sits in a page reads no tier; it is not needed here.
_KEYS: Final = """
SELECT key_hash, key_id, name, scopes, source_id FROM api_keys
WHERE kind = 'secret' AND (revoked_at IS NULL OR revoked_at > now())
ORDER BY created_at DESC LIMIT $1
"""
_WITHDRAWN: Final = """
SELECT (SELECT erasure_id FROM erasures ORDER BY erasure_id DESC LIMIT 1),
    (SELECT max(finished_at) FROM erasures),
    (SELECT max(revoked_at) FROM api_keys WHERE revoked_at <= now())
"""
_REACH: Final = "SELECT 1"
_JOIN: Final = """
LEFT JOIN tier_current t{place}
    ON t{place}.profile_id = w.profile_id AND t{place}.programme_key = ${key}
    AND t{place}.release_id = ${release}"""
_COLUMNS: Final = ", t{place}.rank, t{place}.status, t{place}.valid_until"


async def reach(pool: asyncpg.Pool) -> None:
    """Have the database answer; raises what a statement raises when it is away."""
    await pool.fetchval(_REACH)


async def known_programmes(connection: asyncpg.Connection) -> list[KnownProgramme]:
    """List the programmes at the version they answer with."""
    return [_programme(row) for row in await connection.fetch(_PROGRAMMES)]


def _programme(row: Any) -> KnownProgramme:
    document = row["document"]
    rungs = sorted(rungs_of(document), key=lambda rung: rung.rank)[: MAX_RANK + 1]
    return KnownProgramme(
        key=row["programme_key"],
        version=row["version"],
        audience=row["audience"],
        is_default=row["is_default"],
        release_id=row["release_id"],
        model_version=row["model_version"],
        tiers=[{"key": each.key, "rank": each.rank, "name": dict(each.name)} for each in rungs],
        offer={name: document[name] for name in _OFFER if name in document},
    )


async def known_keys(connection: asyncpg.Connection) -> list[KnownKey]:
    """List the secret keys that are valid now, at most the newest 10,000."""
    return [
        KnownKey(
            key_hash=row["key_hash"].hex(),
            key_id=str(row["key_id"]),
            name=row["name"],
            scopes=list(row["scopes"]),
            source=row["source_id"],
        )
        for row in await connection.fetch(_KEYS, _MOST_KEYS)
    ]


async def latest_withdrawal(connection: asyncpg.Connection | asyncpg.Pool) -> str:
    """Name the latest erasure begun, the latest one ended and the latest revocation together.

    An erasure takes identifiers away some time after it was asked for.
    """
    erasure_id, finished_at, revoked_at = await connection.fetchrow(_WITHDRAWN)
    return f"{erasure_id} {finished_at} {revoked_at}"


async def known_names(
    connection: asyncpg.Connection, programmes: Sequence[KnownProgramme]
) -> AsyncIterator[Sequence[Any]]:
    """Give every identifier in chunks: kind, look-up key, then rank, status and end a programme.

    A transaction must be open. One hash join a programme: looking a million customers up one by
    one takes Postgres far longer.
    """
    arguments = [value for each in programmes for value in (each.key, each.release_id)]
    cursor = await connection.cursor(_names_statement(len(programmes)), *arguments)
    while rows := await cursor.fetch(_CHUNK):
        yield rows


def _names_statement(programmes: int) -> str:
    places = range(programmes)
    columns = "".join(_COLUMNS.format(place=place) for place in places)
    joins = "".join(
        _JOIN.format(place=place, key=f"{2 * place + 1}::text", release=f"{2 * place + 2}::bigint")
        for place in places
    )
    return f"""
        SELECT i.kind, i.lookup_key{columns}
        FROM identifiers i
        JOIN customers c ON c.profile_id = i.profile_id
        JOIN customers w ON w.profile_id = coalesce(c.merged_into, c.profile_id){joins}
    """  # noqa: S608 - numbers of our own

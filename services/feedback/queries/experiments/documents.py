"""Experiments as marketers write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

import asyncpg

from services.feedback.domain.experiments.experiment import Experiment, State

RUNNING: Final = "uq_experiments_running"
_COLUMNS: Final = ", ".join(field.name for field in fields(Experiment))
_ONE: Final = f"SELECT {_COLUMNS} FROM experiments WHERE experiment_key = $1"  # noqa: S608 - ours
_HOLD: Final = f"{_ONE} FOR UPDATE"
_PAGE: Final = f"""
SELECT {_COLUMNS} FROM experiments WHERE experiment_key > $1 ORDER BY experiment_key LIMIT $2
"""  # noqa: S608 - our own column names
_ADD: Final = f"""
INSERT INTO experiments (experiment_key, document, about_kind, about_key, about_programme,
    created_at, updated_at)
VALUES ($1, $2, $2::jsonb #>> '{{about,kind}}', $2::jsonb #>> '{{about,key}}',
    $2::jsonb #>> '{{about,programme}}', $3, $3)
ON CONFLICT (experiment_key) DO NOTHING RETURNING {_COLUMNS}
"""  # noqa: S608 - our own column names
_WRITE: Final = f"""
UPDATE experiments SET document = $2, about_kind = $2::jsonb #>> '{{about,kind}}',
    about_key = $2::jsonb #>> '{{about,key}}',
    about_programme = $2::jsonb #>> '{{about,programme}}',
    shares_since = $3, updated_at = $4, version = version + 1
WHERE experiment_key = $1 RETURNING {_COLUMNS}
"""  # noqa: S608 - our own column names
_START: Final = f"""
UPDATE experiments SET state = 'running', salt = $2, audience_size = $3, started_at = $4,
    shares_since = $4, updated_at = $4, version = version + 1
WHERE experiment_key = $1 RETURNING {_COLUMNS}
"""  # noqa: S608 - our own column names
_STOP: Final = f"""
UPDATE experiments SET state = 'ended', ended_at = $2, updated_at = $2, version = version + 1
WHERE experiment_key = $1 RETURNING {_COLUMNS}
"""  # noqa: S608 - our own column names
_ABOUT: Final = f"""
SELECT {_COLUMNS} FROM experiments
WHERE about_kind = $1 AND about_key = $2 AND coalesce(about_programme, '') = ''
    AND state = 'running'
"""  # noqa: S608 - our own column names
_SEGMENT: Final = """
SELECT EXISTS (SELECT FROM segments WHERE segment_key = $1 AND deleted_at IS NULL)
"""
_PLAYBOOK: Final = "SELECT EXISTS (SELECT FROM playbooks WHERE playbook_key = $1)"
_LIVE: Final = """
SELECT v.document FROM live_releases l
JOIN releases r ON r.release_id = l.release_id
JOIN programme_versions v ON v.programme_key = r.programme_key AND v.version = r.programme_version
WHERE l.programme_key = $1
"""
_MEMBERS: Final = "SELECT count(*) FROM segment_members WHERE segment_key = $1"
_EVERYBODY: Final = """
SELECT count(*) FROM customers WHERE merged_into IS NULL AND erased_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Start:
    """What is fixed when an experiment starts."""

    salt: str
    audience_size: int
    at: datetime


async def find_experiment(
    connection: asyncpg.Pool | asyncpg.Connection, key: str
) -> Experiment | None:
    """Read one experiment."""
    return _read(await connection.fetchrow(_ONE, key))


async def hold_experiment(connection: asyncpg.Connection, key: str) -> Experiment | None:
    """Read one experiment that nobody else changes until commit."""
    return _read(await connection.fetchrow(_HOLD, key))


async def page_of_experiments(pool: asyncpg.Pool, after: str, limit: int) -> list[Experiment]:
    """List experiments in the order of their keys, after one."""
    return _all(await pool.fetch(_PAGE, after, limit))


async def add_experiment(
    connection: asyncpg.Connection, key: str, document: Mapping[str, Any], at: datetime
) -> Experiment | None:
    """Keep a new draft; None where the key is taken."""
    return _read(await connection.fetchrow(_ADD, key, dict(document), at))


async def write_experiment(
    connection: asyncpg.Connection,
    key: str,
    document: Mapping[str, Any],
    *,
    shares_since: datetime | None,
    at: datetime,
) -> Experiment:
    """Write an experiment anew."""
    return Experiment(
        **_named(await connection.fetchrow(_WRITE, key, dict(document), shares_since, at))
    )


async def start_experiment(connection: asyncpg.Connection, key: str, start: Start) -> Experiment:
    """Let an experiment run; a second one about the same thing violates RUNNING."""
    row = await connection.fetchrow(_START, key, start.salt, start.audience_size, start.at)
    return Experiment(**_named(row))


async def stop_experiment(connection: asyncpg.Connection, key: str, at: datetime) -> Experiment:
    """End an experiment."""
    return Experiment(**_named(await connection.fetchrow(_STOP, key, at)))


async def running_about(
    connection: asyncpg.Pool | asyncpg.Connection, kind: str, key: str
) -> Experiment | None:
    """Find the experiment that runs about a thing outside programmes; there is one at most."""
    return _read(await connection.fetchrow(_ABOUT, kind, key))


async def is_segment(connection: asyncpg.Connection | asyncpg.Pool, key: str) -> bool:
    """Tell whether there is such a segment."""
    return bool(await connection.fetchval(_SEGMENT, key))


async def is_playbook(connection: asyncpg.Connection, key: str) -> bool:
    """Tell whether there is such a playbook."""
    return bool(await connection.fetchval(_PLAYBOOK, key))


async def live_programme(connection: asyncpg.Connection, key: str) -> dict[str, Any] | None:
    """Read the document of a programme's live version."""
    document: dict[str, Any] | None = await connection.fetchval(_LIVE, key)
    return document


async def audience_size(connection: asyncpg.Connection, segment: str | None) -> int:
    """Count a segment, or everybody."""
    if segment is None:
        return int(await connection.fetchval(_EVERYBODY))
    return int(await connection.fetchval(_MEMBERS, segment))


def _all(rows: Sequence[asyncpg.Record]) -> list[Experiment]:
    return [Experiment(**_named(row)) for row in rows]


def _read(row: asyncpg.Record | None) -> Experiment | None:
    return None if row is None else Experiment(**_named(row))


def _named(row: asyncpg.Record) -> dict[str, Any]:
    return {**dict(row), "state": State(row["state"])}

"""The registry of value models and what was measured of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.scoring.domain.records import ModelRow
from shared.ids import uuid7

MOST_LISTED: Final = 1000

_VERSIONS_OF_DATE = "SELECT count(*) FROM models WHERE model_version LIKE $1 || '-%'"
_ADD = """
INSERT INTO models (model_version, manifest, artefact, signature, training_artefact,
    training_signature, gate, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())
"""
_ADD_EVALUATION = """
INSERT INTO evaluations (evaluation_id, model_version, metrics, created_at)
VALUES ($1, $2, $3, clock_timestamp())
"""
# What is live and what is shadow is said by the pointers; the column holds the rest.
_SUMMARY = """
SELECT m.model_version, m.manifest, m.created_at, m.gate, l.live_in,
    CASE WHEN cardinality(l.live_in) > 0 THEN 'live'
        WHEN EXISTS (SELECT FROM model_roles o
            WHERE o.role = 'shadow' AND o.model_version = m.model_version) THEN 'shadow'
        WHEN m.status = 'live' THEN 'retired' ELSE m.status END AS status
FROM models m CROSS JOIN LATERAL (
    SELECT ARRAY(SELECT r.programme_key FROM live_releases p JOIN releases r USING (release_id)
        WHERE r.model_version = m.model_version ORDER BY 1) AS live_in) l
"""
_LIST = f"{_SUMMARY} ORDER BY m.created_at DESC, m.model_version DESC LIMIT $1"
_FIND = f"{_SUMMARY} WHERE m.model_version = $1"
_LIVE_VERSION = """
SELECT r.model_version FROM live_releases l JOIN releases r USING (release_id)
JOIN programmes p ON p.programme_key = l.programme_key
WHERE r.model_version IS NOT NULL
ORDER BY p.is_default DESC, p.programme_key LIMIT 1
"""
_ARTEFACT = "SELECT artefact, manifest FROM models WHERE model_version = $1"


@dataclass(frozen=True, slots=True)
class SignedModel:
    """A model as it is stored: each artefact carries its signature as its first line."""

    version: str
    manifest: Mapping[str, Any]
    artefact: bytes
    training_artefact: bytes
    metrics: Mapping[str, Any]
    gate: Mapping[str, Any] | None = None


async def next_version(connection: asyncpg.Pool | asyncpg.Connection, today: date) -> str:
    """Name the next model trained on a business date: 2026-11-21-1, 2026-11-21-2 ..."""
    made = await connection.fetchval(_VERSIONS_OF_DATE, today.isoformat())
    return f"{today.isoformat()}-{made + 1}"


async def add_model(connection: asyncpg.Connection, model: SignedModel) -> UUID:
    """Register a model as a candidate, with its evaluation."""
    evaluation_id = uuid7()
    await connection.execute(
        _ADD,
        model.version,
        model.manifest,
        model.artefact,
        _signature(model.artefact),
        model.training_artefact,
        _signature(model.training_artefact),
        model.gate,
    )
    await connection.execute(_ADD_EVALUATION, evaluation_id, model.version, model.metrics)
    return evaluation_id


async def list_models(pool: asyncpg.Pool) -> list[ModelRow]:
    """List models, the newest first."""
    return [_row(row) for row in await pool.fetch(_LIST, MOST_LISTED)]


async def find_model(pool: asyncpg.Pool, version: str) -> ModelRow | None:
    """Look one model up."""
    row = await pool.fetchrow(_FIND, version)
    return None if row is None else _row(row)


def _row(row: asyncpg.Record) -> ModelRow:
    return ModelRow(
        version=row["model_version"],
        manifest=row["manifest"],
        created_at=row["created_at"],
        live_in=row["live_in"],
        status=row["status"],
        gate=row["gate"],
    )


async def live_version(pool: asyncpg.Pool) -> str | None:
    """Name the model in force in the default programme, or in the first one that has any."""
    found: str | None = await pool.fetchval(_LIVE_VERSION)
    return found


async def find_artefact(pool: asyncpg.Pool, version: str) -> tuple[bytes, str | None] | None:
    """Read a model's artefact and the SHA-256 its manifest names."""
    row = await pool.fetchrow(_ARTEFACT, version)
    return None if row is None else (row["artefact"], row["manifest"].get("sha256"))


def _signature(signed: bytes) -> bytes:
    return signed.partition(b"\n")[0]

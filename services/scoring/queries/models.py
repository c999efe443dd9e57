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
    training_signature, created_at)
VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp())
"""
_ADD_EVALUATION = """
INSERT INTO evaluations (evaluation_id, model_version, metrics, created_at)
VALUES ($1, $2, $3, clock_timestamp())
"""
_LIST = """
SELECT m.model_version, m.manifest, m.created_at,
    ARRAY(SELECT r.programme_key FROM live_releases l JOIN releases r USING (release_id)
        WHERE r.model_version = m.model_version ORDER BY 1) AS live_in
FROM models m ORDER BY m.created_at DESC, m.model_version DESC LIMIT $1
"""
_ARTEFACT = "SELECT artefact, manifest FROM models WHERE model_version = $1"


@dataclass(frozen=True, slots=True)
class SignedModel:
    """A model as it is stored: each artefact carries its signature as its first line."""

    version: str
    manifest: Mapping[str, Any]
    artefact: bytes
    training_artefact: bytes
    metrics: Mapping[str, float]


async def next_version(connection: asyncpg.Pool | asyncpg.Connection, today: date) -> str:
    """Name the next model trained on a business date: 2026-11-21-1, 2026-11-21-2 ..."""
    made = await connection.fetchval(_VERSIONS_OF_DATE, today.isoformat())
    return f"{today.isoformat()}-{made + 1}"


async def add_model(pool: asyncpg.Pool, model: SignedModel) -> UUID:
    """Register a model with its evaluation."""
    evaluation_id = uuid7()
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(
            _ADD,
            model.version,
            model.manifest,
            model.artefact,
            _signature(model.artefact),
            model.training_artefact,
            _signature(model.training_artefact),
        )
        await connection.execute(_ADD_EVALUATION, evaluation_id, model.version, model.metrics)
    return evaluation_id


async def list_models(pool: asyncpg.Pool) -> list[ModelRow]:
    """List models, the newest first."""
    return [
        ModelRow(row["model_version"], row["manifest"], row["created_at"], row["live_in"])
        for row in await pool.fetch(_LIST, MOST_LISTED)
    ]


async def find_artefact(pool: asyncpg.Pool, version: str) -> tuple[bytes, str | None] | None:
    """Read a model's artefact and the SHA-256 its manifest names."""
    row = await pool.fetchrow(_ARTEFACT, version)
    return None if row is None else (row["artefact"], row["manifest"].get("sha256"))


def _signature(signed: bytes) -> bytes:
    return signed.partition(b"\n")[0]

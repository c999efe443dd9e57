"""What was measured of models: one row a measurement, with its report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from shared.ids import uuid7

# An asked-for backtest says more than a rehearsal, and stays the answer until another is asked
# for. What came true later (realised) is part of the drift report.
_LATEST: Final = """
SELECT m.manifest, m.created_at AS trained_at, e.kind, e.metrics, e.created_at,
    CASE WHEN $2 THEN e.report END AS report
FROM models m LEFT JOIN LATERAL (
    SELECT kind, metrics, created_at, report FROM evaluations
    WHERE model_version = m.model_version AND kind IN ('rehearsal', 'backtest')
    ORDER BY kind = 'rehearsal', created_at DESC, evaluation_id DESC LIMIT 1
) e ON true
WHERE m.model_version = $1
"""
_ADD: Final = """
INSERT INTO evaluations
    (evaluation_id, model_version, metrics, kind, business_date, report, created_at)
VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp())
"""


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """The latest measurement of a model; `kind` and `metrics` are None where there is none."""

    manifest: dict[str, Any]
    kind: str | None
    metrics: dict[str, Any] | None
    measured_at: datetime
    page: bytes | None


async def latest_evaluation(
    pool: asyncpg.Pool, version: str, *, with_page: bool = False
) -> EvaluationRow | None:
    """Read what was last measured of a model; None for an unknown version."""
    row = await pool.fetchrow(_LATEST, version, with_page)
    if row is None:
        return None
    measured_at = row["created_at"] or row["trained_at"]
    return EvaluationRow(row["manifest"], row["kind"], row["metrics"], measured_at, row["report"])


async def add_evaluation(
    pool: asyncpg.Pool,
    version: str,
    document: Mapping[str, Any],
    *,
    business_date: date,
    report: bytes,
) -> UUID:
    """Keep a backtest of a model with its page."""
    evaluation_id = uuid7()
    await pool.execute(
        _ADD, evaluation_id, version, document, document["kind"], business_date, report
    )
    return evaluation_id

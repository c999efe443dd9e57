"""Drift reports, and which model is the challenger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import asyncpg

_STORE = """
INSERT INTO drift_reports (model_version, business_date, document, computed_at)
VALUES ($1, $2, $3, clock_timestamp())
ON CONFLICT (model_version, business_date)
DO UPDATE SET document = excluded.document, computed_at = excluded.computed_at
RETURNING computed_at
"""
_LATEST = """
SELECT model_version, business_date, document, computed_at FROM drift_reports
WHERE model_version = $1 ORDER BY computed_at DESC LIMIT 1
"""
_SHADOW = "SELECT model_version, since FROM model_roles WHERE role = 'shadow'"
_NAME_SHADOW = """
INSERT INTO model_roles AS r (role, model_version, since)
VALUES ('shadow', $1, clock_timestamp())
ON CONFLICT (role) DO UPDATE SET model_version = excluded.model_version,
    since = CASE WHEN r.model_version = excluded.model_version THEN r.since ELSE excluded.since END
RETURNING model_version, since
"""
_END_SHADOW = "DELETE FROM model_roles WHERE role = 'shadow' RETURNING model_version, since"
_FORGET = "DELETE FROM drift_reports WHERE business_date < $1"


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A drift report as it was computed."""

    model_version: str
    business_date: date
    document: Mapping[str, Any]
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class ShadowRole:
    """Which model is scored beside the live one, and since when."""

    model_version: str
    since: datetime


async def store_report(
    pool: asyncpg.Pool, version: str, business_date: date, document: Mapping[str, Any]
) -> StoredReport:
    """Keep a model's report of a date; a later one of the same date takes its place."""
    at = await pool.fetchval(_STORE, version, business_date, document)
    return StoredReport(version, business_date, document, at)


async def latest_report(pool: asyncpg.Pool, version: str) -> StoredReport | None:
    """Read a model's newest report."""
    row = await pool.fetchrow(_LATEST, version)
    return None if row is None else StoredReport(**row)


async def forget_reports(pool: asyncpg.Pool, before: date) -> None:
    """Delete reports of dates before one."""
    await pool.execute(_FORGET, before)


async def shadow_role(pool: asyncpg.Pool) -> ShadowRole | None:
    """Tell which model is the challenger."""
    row = await pool.fetchrow(_SHADOW)
    return None if row is None else ShadowRole(**row)


async def name_shadow(pool: asyncpg.Pool, version: str) -> ShadowRole:
    """Make a model the challenger in place of any other; naming it again changes nothing."""
    return ShadowRole(**await pool.fetchrow(_NAME_SHADOW, version))


async def end_shadow(pool: asyncpg.Pool) -> ShadowRole | None:
    """Have no challenger; tell which one it was."""
    row = await pool.fetchrow(_END_SHADOW)
    return None if row is None else ShadowRole(**row)

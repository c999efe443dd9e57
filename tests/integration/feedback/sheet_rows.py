"""Scoring's sheets of made-up customers, written by hand."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any, Final

import asyncpg

from tests.integration.feedback.life_rows import add_row, forget_lives
from tests.integration.feedback.people_rows import THEN, add_person, forget_people, profile

TODAY: Final = date(2026, 11, 22)
_TABLES: Final = ("customer_sheets", "tasks", "offer_responses", "programmes", "live_releases")


async def add_sheet(pool: asyncpg.Pool, number: int, lifecycle: str, **columns: Any) -> None:
    """Write customer c-<number>, who ordered every ten days, the last time `quiet` days ago."""
    await add_person(pool, number, f"c-{number}")
    quiet = columns.pop("quiet", 20)
    rhythm = columns.pop("rhythm", 10)
    last = TODAY - timedelta(days=quiet)
    usual = {
        "version": 1,
        "business_date": TODAY,
        "last_orders": last,
        "days_0": 36,
        "days_365": 36,
        "days_90": 9,
        "spend_0": 360_000,
        "spend_365": 360_000,
        "consent_marketing": True,
        **_stage(lifecycle, last, rhythm),
    }
    row = usual | columns
    await add_row(pool, "customer_sheets", profile_id=profile(number), lifecycle=lifecycle, **row)


def _stage(lifecycle: str, last: date, rhythm: float) -> dict[str, date]:
    at_risk = last + timedelta(days=int(1.5 * rhythm) + 1)
    churned = last + timedelta(days=int(3 * rhythm) + 1)
    match lifecycle:
        case "at_risk":
            return {"lifecycle_since": at_risk, "lifecycle_until": churned}
        case "churned":
            return {"lifecycle_since": churned}
        case _:
            return {"lifecycle_since": last, "lifecycle_until": at_risk}


async def without_sheets(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Pool]:
    """Give a shop of yuan without customers; forget everybody afterwards."""
    await _forget(pool)
    await add_row(pool, "shop", base_currency="CNY", fixed_at=THEN)
    yield pool
    await _forget(pool)


async def _forget(pool: asyncpg.Pool) -> None:
    for table in _TABLES:
        await pool.execute(f"DELETE FROM {table}")
    await forget_lives(pool)
    await forget_people(pool)

"""People, what they bought, and experiments, put into the tables as they lie there."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from shared.contracts.experiments import EXAMPLE_BODY

TABLES = (
    "exposures", "experiments", "segment_members", "segments", "playbooks", "identifiers",
    "customer_day", "customers", "feedback",
)  # fmt: skip
SALT = "5a17"


def profile(number: int) -> UUID:
    return UUID(int=number)


def body(**changes: Any) -> dict[str, Any]:
    """What is tried on everybody by the shop itself, looked at on any day."""
    about = {"kind": "other", "key": "leaflet"}
    return {**EXAMPLE_BODY, "about": about, "pre_period_days": 0, **changes}


def document(**changes: Any) -> dict[str, Any]:
    """The same as it is kept."""
    kept = {
        **body(**changes),
        "segment": changes.get("segment"),
        "design": {"fixed": None, "sequential": None, **body(**changes)["design"]},
    }
    for name in ("minimum_effect_percent", "cap_permille", "starts_at", "ends_at"):
        kept.setdefault(name, None)
    return {"alpha": 0.05, **kept, "about": {"programme": None, **kept["about"]}}


async def empty(connection: asyncpg.Connection | asyncpg.Pool) -> None:
    await connection.execute("; ".join(f"DELETE FROM {table}" for table in TABLES))


async def add_people(connection: asyncpg.Connection | asyncpg.Pool, numbers: Sequence[int]) -> None:
    """Customers c-<number>, each with a profile of that number."""
    people = [(profile(number), f"c-{number}") for number in numbers]
    await connection.executemany(
        "INSERT INTO customers (profile_id, customer_id, created_at, updated_at)"
        " VALUES ($1, $2, now(), now())",
        people,
    )
    await connection.executemany(
        "INSERT INTO identifiers (kind, lookup_key, profile_id, linked_at)"
        " VALUES ('customer_id', convert_to($2, 'UTF8'), $1, now())",
        people,
    )


async def merge(pool: asyncpg.Pool, loser: int, winner: int) -> None:
    """Make two customers one; as ingest does, what the loser did is now the winner's."""
    await pool.execute(
        "UPDATE customers SET merged_into = $2 WHERE profile_id = $1",
        profile(loser),
        profile(winner),
    )
    await pool.execute(
        "UPDATE customer_day SET profile_id = $2 WHERE profile_id = $1",
        profile(loser),
        profile(winner),
    )


async def add_days(pool: asyncpg.Pool, rows: Sequence[tuple[int, date, int, int]]) -> None:
    """Days of customers: number, date, net spend in minor units, orders."""
    await pool.executemany(
        "INSERT INTO customer_day (profile_id, business_date, net_booked, orders)"
        " VALUES ($1, $2, $3, $4)",
        [(profile(number), day, net, orders) for number, day, net, orders in rows],
    )


async def add_running(
    pool: asyncpg.Pool,
    key: str,
    written: Mapping[str, Any],
    *,
    started_at: datetime,
    audience: int = 100,
    state: str = "running",
    ended_at: datetime | None = None,
) -> None:
    """An experiment that was started some time ago."""
    about = written["about"]
    await pool.execute(
        "INSERT INTO experiments (experiment_key, version, state, document, about_kind, about_key,"
        " about_programme, salt, audience_size, started_at, shares_since, ended_at, created_at,"
        " updated_at) VALUES ($1, 2, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $9, $9)",
        key,
        state,
        dict(written),
        about["kind"],
        about["key"],
        about["programme"],
        SALT,
        audience,
        started_at,
        ended_at,
    )


async def expose(pool: asyncpg.Pool, key: str, arms: Mapping[int, str], at: datetime) -> None:
    """Have customers met an experiment in given arms."""
    await pool.executemany(
        "INSERT INTO exposures (unit, experiment_key, profile_id, arm, exposed_at)"
        " VALUES ($1, $2, $3, $4, $5)",
        [(str(profile(n)), key, profile(n), arm, at) for n, arm in arms.items()],
    )


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)

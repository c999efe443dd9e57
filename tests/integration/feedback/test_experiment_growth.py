"""A hold-out that grew: those met before it did are not like those met after."""

from dataclasses import replace
from datetime import date, timedelta

import asyncpg
import pytest
from fastapi import FastAPI

from services.feedback.domain.experiments.judging import Verdict
from services.feedback.usecases.desk import Desk
from services.feedback.usecases.experiments.result import result_of
from shared.clock import FixedClock
from tests.integration.feedback.experiment_rows import (
    add_days,
    add_people,
    add_running,
    at,
    document,
    empty,
    expose,
)

START, GROWN, TODAY = date(2026, 10, 1), date(2026, 10, 21), date(2026, 11, 1)
HALVES = [{"key": "control", "share": 500}, {"key": "call", "share": 500}]


@pytest.fixture
def desk(app: FastAPI) -> Desk:
    running: Desk = app.state.desk
    return replace(running, clock=FixedClock(at(TODAY)))


async def test_after_the_hold_out_grew_only_those_met_since_are_compared(
    pool: asyncpg.Pool, desk: Desk
) -> None:
    # everybody buys for 10 a day: whoever was met earlier spent more, and most of them are treated
    await empty(pool)
    written = document(arms=HALVES, design={"fixed": None, "sequential": {"days": 28}}, also=[])
    await add_running(pool, "e", written, started_at=at(START), audience=600)
    first = {n: "control" if n % 10 == 0 else "call" for n in range(1, 301)}
    later = {n: ("control", "call")[n % 2] for n in range(301, 601)}
    await add_people(pool, [*first, *later])
    await expose(pool, "e", first, at(START))
    await expose(pool, "e", later, at(GROWN))
    await pool.execute("UPDATE experiments SET shares_since = $1", at(GROWN))
    days = [START + timedelta(n) for n in range((TODAY - START).days)]
    await add_days(pool, [(n, day, 1000 + n % 7, 1) for n in {**first, **later} for day in days])
    (compared,) = (await result_of(desk, "e")).compared
    assert compared.finding.verdict is Verdict.NO_DIFFERENCE
    assert (compared.finding.control.n, compared.finding.treatment.n) == (150, 150)

"""Results: what the tables hold, summed up by arm, compared, or refused with a reason."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from statistics import fmean, stdev
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.feedback.domain.experiments.judging import Verdict
from services.feedback.domain.experiments.metrics import Metric
from services.feedback.domain.experiments.planning import Wish
from services.feedback.queries.experiments.audience import Asked, lately
from services.feedback.usecases.desk import Desk
from services.feedback.usecases.experiments.plan import Question, plan
from services.feedback.usecases.experiments.result import Compared, Result, result_of
from shared.clock import FixedClock
from shared.key_rows import Grant, add_key
from shared.keys import new_key
from tests.integration.feedback.experiment_rows import (
    add_days,
    add_people,
    add_running,
    at,
    document,
    empty,
    expose,
    merge,
    profile,
)

START = date(2026, 10, 1)
TODAY = date(2026, 11, 1)
ARMS = [{"key": "control", "share": 500}, {"key": "call", "share": 500}]
FIXED = {"fixed": {"days": 28}, "sequential": None}
SEQUENTIAL = {"fixed": None, "sequential": {"days": 28}}


@pytest.fixture
async def rows(pool: asyncpg.Pool) -> asyncpg.Pool:
    await empty(pool)
    await pool.execute("DELETE FROM shop")
    await pool.execute("INSERT INTO shop (base_currency, fixed_at) VALUES ('CNY', now())")
    return pool


@pytest.fixture
def desk(app: FastAPI) -> Desk:
    running: Desk = app.state.desk
    return replace(running, clock=FixedClock(at(TODAY)))


async def run(pool: asyncpg.Pool, people: int = 0, **changes: Any) -> dict[int, str]:
    """Start an experiment; customers 1 to `people` meet it in turn, one in each arm."""
    written = document(**{"arms": ARMS, "design": FIXED, "also": [], **changes})
    await add_running(pool, "e", written, started_at=at(START), audience=people)
    arms = {number: ("control", "call")[number % 2] for number in range(1, people + 1)}
    await add_people(pool, list(arms))
    await expose(pool, "e", arms, at(START))
    return arms


async def bought(pool: asyncpg.Pool, arms: dict[int, str], more: int = 0) -> dict[int, int]:
    """Have two in three buy for something between 10 and 40, `more` in the treated arm."""
    random = Random(5)
    spent = {
        number: 1000 + random.randrange(3000) + (more if arm == "call" else 0)
        for number, arm in arms.items()
        if random.random() < 2 / 3
    }
    await add_days(pool, [(n, START + timedelta(3), net, 1) for n, net in spent.items()])
    return spent


def only(result: Result, metric: Metric = Metric.SPEND) -> Compared:
    (found,) = [each for each in result.compared if each.metric is metric]
    return found


async def test_figures_are_those_of_the_tables(rows: asyncpg.Pool, desk: Desk) -> None:
    arms = await run(rows, 300, also=["orders", "retention"])
    spent = await bought(rows, arms)
    found = await result_of(desk, "e")
    bought_once = {n: int(n in spent) for n in arms}
    worth = {Metric.SPEND: spent, Metric.ORDERS: bought_once, Metric.RETENTION: bought_once}
    for metric, worths in worth.items():
        finding = only(found, metric).finding
        for arm, sample in (("control", finding.control), ("call", finding.treatment)):
            values = [worths.get(n, 0) for n in arms if arms[n] == arm]
            assert sample.n == 150
            assert sample.mean == pytest.approx(fmean(values))
            assert sample.spread == pytest.approx(stdev(values))
    assert found.customers == {"control": 150, "call": 150}


@pytest.mark.parametrize(
    ("more", "verdict"),
    [(0, Verdict.NO_DIFFERENCE), (2000, Verdict.HIGHER), (-900, Verdict.LOWER)],
    ids=["same", "more", "less"],
)
@pytest.mark.parametrize("design", [FIXED, SEQUENTIAL], ids=["fixed", "sequential"])
async def test_effects_are_called(
    rows: asyncpg.Pool, desk: Desk, design: dict[str, Any], more: int, verdict: Verdict
) -> None:
    await bought(rows, await run(rows, 400, design=design), more)
    finding = only(await result_of(desk, "e")).finding
    assert finding.verdict is verdict
    assert finding.interval is not None
    assert finding.interval.has_zero == (more == 0)


async def test_only_days_between_meeting_and_the_end_count(rows: asyncpg.Pool, desk: Desk) -> None:
    await run(rows, 2)
    await expose(rows, "e", {}, at(START))
    days = [START - timedelta(1), START, START + timedelta(27), START + timedelta(28), TODAY]
    await add_days(rows, [(1, day, 10**place, 1) for place, day in enumerate(days)])
    assert only(await result_of(desk, "e")).finding.treatment.mean == 110


async def test_the_time_before_is_taken_out(rows: asyncpg.Pool, desk: Desk) -> None:
    arms = await run(rows, 400, pre_period_days=30)
    spent = await bought(rows, arms)
    before = [(n, START - timedelta(30), net + 50 * (n % 7), 1) for n, net in spent.items()]
    await add_days(rows, before)
    await add_days(rows, [(n, START - timedelta(31), 9999, 1) for n in spent])
    finding = only(await result_of(desk, "e")).finding
    assert finding.verdict is Verdict.NO_DIFFERENCE
    assert finding.narrowing is not None
    assert 0 < finding.narrowing < 0.15


async def test_too_early_says_how_many_days_are_missing(rows: asyncpg.Pool, desk: Desk) -> None:
    await bought(rows, await run(rows, 400, design={"fixed": {"days": 40}, "sequential": None}))
    found = await result_of(desk, "e")
    finding = only(found).finding
    assert (finding.verdict, finding.interval) == (Verdict.TOO_EARLY, None)
    assert found.span is not None
    assert found.span.missing_days == 9


async def test_stopped_before_the_horizon_concludes_nothing(rows: asyncpg.Pool, desk: Desk) -> None:
    await bought(rows, await run(rows, 400), 2000)
    stopped = at(START + timedelta(10))
    await rows.execute("UPDATE experiments SET state = 'ended', ended_at = $1", stopped)
    assert only(await result_of(desk, "e")).finding.verdict is Verdict.STOPPED_EARLY


async def test_days_after_the_planned_end_do_not_count(rows: asyncpg.Pool, desk: Desk) -> None:
    ends_at = at(START + timedelta(10)).isoformat()
    arms = await run(rows, 400, design=SEQUENTIAL, ends_at=ends_at)
    await add_days(rows, [(n, START + timedelta(10), 10**6, 1) for n in arms])
    finding = only(await result_of(desk, "e")).finding
    assert (finding.treatment.mean, finding.verdict) == (0, Verdict.NOT_ENOUGH)


async def test_few_customers_are_not_enough(rows: asyncpg.Pool, desk: Desk) -> None:
    await bought(rows, await run(rows, 60), 2000)
    finding = only(await result_of(desk, "e")).finding
    assert (finding.verdict, finding.interval) == (Verdict.NOT_ENOUGH, None)
    assert (finding.needed or 0) >= 100


async def test_arms_out_of_balance_conclude_nothing(rows: asyncpg.Pool, desk: Desk) -> None:
    arms = await run(rows, 400)
    await bought(rows, arms, 2000)
    await rows.execute("DELETE FROM exposures WHERE unit <= $1 AND arm = 'control'",
                       str(profile(160)))  # fmt: skip
    found = await result_of(desk, "e")
    assert only(found).finding.verdict is Verdict.MISMATCH
    assert found.balance_p < 0.001


async def test_merged_customer_counts_once_in_the_arm_of_the_winner(
    rows: asyncpg.Pool, desk: Desk
) -> None:
    await run(rows, 3)
    await add_days(rows, [(n, START + timedelta(n), 100 * n, 1) for n in (1, 2, 3)])
    await merge(rows, 2, 1)
    finding = only(await result_of(desk, "e")).finding
    assert (finding.control.n, finding.treatment.n) == (0, 2)
    assert finding.treatment.mean == (100 + 200 + 300) / 2


async def test_stranger_who_became_known_is_found_by_their_id(
    rows: asyncpg.Pool, desk: Desk
) -> None:
    await run(rows)
    await rows.execute(
        "INSERT INTO exposures (unit, experiment_key, customer_id, arm, exposed_at)"
        " VALUES ('c-7', 'e', 'c-7', 'call', $1), ('nobody', 'e', 'nobody', 'call', $1)",
        at(START),
    )
    await add_people(rows, [7])
    await add_days(rows, [(7, START, 500, 1)])
    finding = only(await result_of(desk, "e")).finding
    assert (finding.treatment.n, finding.treatment.mean) == (2, 250)


async def test_satisfaction_is_of_those_who_answered(rows: asyncpg.Pool, desk: Desk) -> None:
    arms = await run(rows, 300, primary="satisfaction")
    answers = [(n, 3 + (n % 3 == 0) + (arm == "call")) for n, arm in arms.items() if n <= 250]
    await rows.executemany(
        "INSERT INTO feedback (feedback_id, customer_id, event_key, fingerprint, kind, channel,"
        " rating, occurred_at, received_at) VALUES (gen_random_uuid(), $1, $2, '', 'csat', 'web',"
        " $3, $4, $4)",
        [
            (f"c-{n}", f"{n} {rating}".encode(), rating, at(START + timedelta(2)))
            for n, rating in [*answers, (1, 1)]
        ],
    )
    finding = only(await result_of(desk, "e"), Metric.SATISFACTION).finding
    values = [rating for n, rating in answers if n % 2 == 0]
    assert finding.control.mean == pytest.approx(fmean(values))
    assert (finding.treatment.n, finding.verdict) == (125, Verdict.HIGHER)


async def test_capped_spend_counts_as_the_cap(rows: asyncpg.Pool, desk: Desk) -> None:
    arms = await run(rows, 400, cap_permille=990)
    await bought(rows, arms)
    await add_days(rows, [(1, START + timedelta(9), 10**9, 1)])
    found = await result_of(desk, "e")
    assert found.cap is not None
    assert found.cap < 5000
    assert only(found).finding.treatment.mean < 3000


async def test_several_treatments_share_the_error(rows: asyncpg.Pool, desk: Desk) -> None:
    three = [*ARMS[:1], {"key": "call", "share": 250}, {"key": "mail", "share": 250}]
    await bought(rows, await run(rows, 400, arms=three))
    found = await result_of(desk, "e")
    assert [each.arm for each in found.compared] == ["call", "mail"]


async def test_answer_is_in_money_and_words(rows: asyncpg.Pool, app: FastAPI) -> None:
    await bought(rows, await run(rows, 400, design=SEQUENTIAL, also=["retention"]), 2000)
    key = new_key()
    await add_key(rows, key, Grant("crm", frozenset({"reports:read"}), "crm"))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://feedback", headers=headers
    ) as client:
        answer = (await client.get("/v1/experiments/e/result")).json()
        planned = await client.post("/v1/experiments/plan", json={"effect_percent": 40})
    first = answer["comparisons"][0]
    assert (answer["verdict"], first["unit"], first["is_primary"]) == ("higher", "CNY", True)
    assert float(first["low"]) > 0
    assert first["difference"] in answer["sentence"]["en"]
    assert first["difference"] in answer["sentence"]["zh"]
    assert planned.json()["rows"][-1]["detectable"] is not None


async def test_plan_goes_both_ways(rows: asyncpg.Pool, desk: Desk) -> None:
    arms = await run(rows, 400)
    await bought(rows, arms)
    wish = Wish(held_out=0.5, alpha=0.05, power=0.8, is_sequential=False)
    found = await plan(desk, Question("spend", None, 0, wish, 20.0))
    by_days = {each.days: each for each in found.outlooks}
    assert (found.audience, by_days[7].mean) == (400, 0)
    assert by_days[56].mean > 0
    smallest = by_days[56].detectable_percent
    again = await plan(desk, Question("spend", None, 0, wish, smallest))
    needed = {each.days: each.needed_customers for each in again.outlooks}[56]
    assert needed == pytest.approx(400, abs=1)
    # they bought 28 days ago: longer shows no more
    assert again.fewest_days == 28
    assert found.fewest_days == (28 if smallest <= 20 else None)


async def test_large_audience_is_planned_from_a_part_of_it(rows: asyncpg.Pool) -> None:
    spent = await bought(rows, await run(rows, 400))
    asked = Asked("spend", None, TODAY, (7, 56), 0)
    async with rows.acquire() as connection, connection.transaction():
        audience, every = await lately(connection, asked)
        size, part = await lately(connection, replace(asked, sample=100))
    assert (audience, size, every[56].n, every[56].y) == (400, 400, 400, sum(spent.values()))
    assert 50 < part[56].n < 150
    assert part[56].y / part[56].n == pytest.approx(every[56].y / 400, rel=0.3)
    assert (every[7].events, every[7].n) == (0, 400)

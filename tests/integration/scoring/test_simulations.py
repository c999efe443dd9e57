"""A draft is simulated over the whole base: in the background, changing nobody's tier."""

import json
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from services.scoring.domain.life.job_kinds import SIMULATE
from services.scoring.queries.programmes.simulations import one_snapshot
from services.scoring.usecases.simulation.ask import MOST_OPEN
from services.scoring.usecases.simulation.simulate import Order
from services.scoring.worker import Background
from shared.job_claims import claim, finish, report
from tests.integration.scoring.conftest import Scoring
from tests.programme_calls import publish as call_publish
from tests.servers import add_key
from tests.status_shop import CLUB, club, publish, sell
from tests.trained import NOW, no_report

DAY = timedelta(days=1)
TWICE = {"months": 3, "seed": 7}


def dear() -> dict[str, Any]:
    """The club with tiers twice as high."""
    document = club()
    for tier in document["tiers"][1:]:
        tier["enter"] = {"all": {"stars": 2 * tier["enter"]["all"]["stars"]}}
        tier.pop("keep", None)
    return document


@pytest.fixture
async def draft(pool: asyncpg.Pool, shop_url: str, scoring: Scoring) -> int:
    """A draft of a dearer club, beside the one in force; two customers hold silver."""
    await publish(pool, shop_url)
    await sell(pool, 3, 620, NOW - 40 * DAY)
    await sell(pool, 4, 1100, NOW - 10 * DAY)
    path = f"/v1/programmes/{CLUB}/versions"
    answer = await scoring.client.post(path, json={"document": dear()})
    assert answer.status_code == 201, answer.text
    number: int = answer.json()["version"]
    return number


async def ask(scoring: Scoring, version: int, **body: Any) -> Any:
    return await scoring.client.post(
        f"/v1/programmes/{CLUB}/versions/{version}/simulate", json=TWICE | body
    )


async def looked_up(scoring: Scoring, version: int) -> dict[str, Any]:
    answer = await scoring.client.get(f"/v1/programmes/{CLUB}/versions/{version}/simulation")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_simulation_tells_who_would_lose_a_tier(
    draft: int, scoring: Scoring, background: Background, pool: asyncpg.Pool
) -> None:
    asked = await ask(scoring, draft)
    assert (asked.status_code, asked.headers["location"]) == (
        202,
        f"/v1/jobs/{asked.json()['job_id']}",
    )
    assert (await looked_up(scoring, draft))["status"] == "queued"
    before = await pool.fetch("SELECT * FROM tier_current ORDER BY profile_id, programme_key")
    assert await background.work_off()
    after = await pool.fetch("SELECT * FROM tier_current ORDER BY profile_id, programme_key")
    assert after == before

    found = await looked_up(scoring, draft)
    assert (found["status"], found["message"]) == ("done", "")
    result = found["result"]
    everybody = await pool.fetchval("SELECT count(*) FROM customers WHERE merged_into IS NULL")
    assert result["customers"] == everybody
    assert result["migration"] == [
        {"from": "regular", "to": "regular", "customers": everybody - 2},
        {"from": "silver", "to": "regular", "customers": 1},
        {"from": "silver", "to": "silver", "customers": 1},
    ]
    assert result["losing"]["customers"] == 1
    loser = {"customer_id": "c-3", "from": "silver", "to": "regular", "spend_12_months": "620.00"}
    assert result["losing"]["largest"] == [loser]
    assert [month["tiers"][1]["customers"] for month in result["months"]] == [0, 0, 0]
    # what the model expects of everybody is held by some tier, now and then
    for told in (result, result["before"]):
        assert sum(each["share"] for each in told["value"]) == pytest.approx(1, abs=1e-5)
    assert result["more_hurts"]["scanned"] == min(everybody, 1000)
    assert result["sequence"] == await pool.fetchval(
        "SELECT coalesce(max(sequence), 0) FROM events"
    )


async def test_what_is_told_of_publishing_is_what_publishing_does(
    draft: int, scoring: Scoring, background: Background, pool: asyncpg.Pool
) -> None:
    cheap = club()
    cheap["tiers"][1]["enter"] = {"all": {"stars": 300}}
    # has enough; had enough while older orders counted; has too little
    for index, orders in ((5, [(310, 9)]), (6, [(200, 500), (200, 200)]), (7, [(120, 3)])):
        for yuan, days in orders:
            await sell(pool, index, yuan, NOW - days * DAY)
    path = f"/v1/programmes/{CLUB}/versions"
    number = (await scoring.client.post(path, json={"document": cheap})).json()["version"]
    result = await background.simulator.simulate(Order(CLUB, number, 1, 1), no_report)
    assert result["rising"]["customers"] == 2
    told = {"rising": 0, "falling": 0, "next_order": 1, "period_end": 0}
    assert result["published"] == told

    everybody = [3, 4, 5, 6, 7]
    before = [await tier_of(scoring, index) for index in everybody]
    asked = await call_publish(scoring, CLUB, number)
    assert asked.status_code == 202, asked.text
    assert await background.work_off()
    assert [await tier_of(scoring, index) for index in everybody] == before
    ready = (await scoring.client.get(f"/v1/customers/c-5/tier?programme={CLUB}")).json()
    assert ready["progress"]["next"]["needs"] == [{"metric": "stars", "missing": "0"}]
    for index in everybody:
        await sell(pool, index, 1, NOW)
    after = [await tier_of(scoring, index) for index in everybody]
    assert [new for new, old in zip(after, before, strict=True) if new != old] == ["silver"]


async def tier_of(scoring: Scoring, index: int) -> str:
    answer = await scoring.client.get(f"/v1/customers/c-{index}/tier?programme={CLUB}")
    key: str = answer.json()["tier"]["key"]
    return key


async def test_the_same_snapshot_and_seed_give_the_same_bytes(
    draft: int, background: Background
) -> None:
    order = Order(CLUB, draft, 12, 7)
    first = json.dumps(await background.simulator.simulate(order, no_report))
    assert json.dumps(await background.simulator.simulate(order, no_report)) == first


async def test_the_tiers_of_the_version_in_force_stay_as_they_are(
    draft: int, background: Background
) -> None:
    result = await background.simulator.simulate(Order(CLUB, draft - 1, 1, 1), no_report)
    assert all(move["from"] == move["to"] for move in result["migration"])
    assert result["losing"] == {"customers": 0, "share": 0.0, "largest": []}


async def test_stored_tiers_and_replayed_ones_are_the_same(
    draft: int, background: Background, scoring: Scoring
) -> None:
    order = Order(CLUB, draft, 2, 1)
    replayed = await background.simulator.simulate(order, no_report)
    for index in (3, 4):
        path = f"/v1/customers/c-{index}/tier?programme={CLUB}"
        assert (await scoring.client.get(path)).json()["tier"]["key"] == "silver"
    assert await background.simulator.simulate(order, no_report) == replayed


async def test_asking_twice_makes_one_job(draft: int, scoring: Scoring) -> None:
    first, again = await ask(scoring, draft), await ask(scoring, draft)
    other = await ask(scoring, draft, seed=8)
    assert first.json() == again.json() != other.json()


async def test_the_snapshot_is_kept_for_as_long_as_others_read(pool: asyncpg.Pool) -> None:
    async with one_snapshot(pool) as (connection, _):
        assert await connection.fetchval("SHOW idle_in_transaction_session_timeout") == "1h"


async def test_only_so_many_simulations_wait(draft: int, scoring: Scoring) -> None:
    answers = [await ask(scoring, draft, seed=seed) for seed in range(MOST_OPEN + 1)]
    assert [answer.status_code for answer in answers] == [202] * MOST_OPEN + [429]
    assert answers[-1].headers["retry-after"] == "60"


async def test_one_called_off_while_it_runs_ends_without_a_result(
    draft: int, scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await ask(scoring, draft)
    job = await claim(pool, [SIMULATE])
    assert job is not None
    await scoring.client.delete(f"/v1/programmes/{CLUB}/versions/{draft}/simulation")
    assert not await report(pool, job, 0.5)
    assert not await finish(pool, job, {})
    found = await looked_up(scoring, draft)
    assert (found["status"], found["result"]) == ("failed", None)


async def test_a_simulation_is_called_off(
    draft: int, scoring: Scoring, background: Background
) -> None:
    await ask(scoring, draft)
    path = f"/v1/programmes/{CLUB}/versions/{draft}/simulation"
    answer = await scoring.client.delete(path)
    assert (answer.json()["status"], answer.json()["message"]) == ("failed", "It was cancelled")
    assert not await background.work_off()


async def test_an_erased_customer_is_named_no_more(
    draft: int, scoring: Scoring, background: Background, pool: asyncpg.Pool
) -> None:
    await ask(scoring, draft)
    await background.work_off()
    await pool.execute("UPDATE customers SET customer_id = NULL WHERE customer_id = 'c-3'")
    found = await looked_up(scoring, draft)
    assert [each["customer_id"] for each in found["result"]["losing"]["largest"]] == [None]
    kept = await pool.fetchval("SELECT result::text FROM jobs WHERE kind = 'simulate_programme'")
    assert "c-3" not in kept


async def test_an_unknown_version_is_not_simulated(scoring: Scoring, draft: int) -> None:
    assert (await ask(scoring, draft + 9)).status_code == 404
    where = "/v1/programmes/value/versions/1"
    assert (await scoring.client.get(f"{where}/simulation")).status_code == 404


async def test_a_key_that_only_reads_may_not_simulate(
    draft: int, scoring: Scoring, shop_url: str
) -> None:
    headers = {"Authorization": f"Bearer {add_key(shop_url, 'tier:read')}"}
    path = f"/v1/programmes/{CLUB}/versions/{draft}/simulate"
    answer = await scoring.client.post(path, json={}, headers=headers)
    assert answer.status_code == 403

from datetime import timedelta

import pytest

from services.feedback.domain.kpis.periods import Period
from services.feedback.queries.kpis import daily
from services.feedback.usecases.kpis.roll_up import REBUILD, RollUp, rebuilding
from services.feedback.usecases.kpis.watch import Watch
from services.feedback.worker import loops
from shared.clock import FixedClock
from shared.job_runner import run_next
from shared.logs import logger
from shared.settings import PlatformSettings
from tests.integration.feedback.kpis.conftest import ZONE, Place
from tests.kpi_shop import NOW, TODAY, Day, ago


async def test_a_receipt_that_comes_late_changes_its_date_and_later_ones(place: Place) -> None:
    await place.shop.add([Day(0, ago(300)), Day(0, ago(10))])
    first = await place.roll_up()
    assert first == Period(ago(300), ago(1))
    await place.shop.add([Day(0, ago(200))])
    again = await place.roll_up(nights=1)
    assert again == Period(ago(200), TODAY)
    item = await place.kpi(
        "net_spend", **{"from": ago(200).isoformat(), "to": ago(200).isoformat()}
    )
    assert item["actual"]["value"] == 10.0


@pytest.mark.parametrize(
    ("add", "change", "kpi"),
    [
        (
            """
            INSERT INTO survey_invitations (invitation_id, survey_key, version, profile_id,
                customer_id, invited_at, expires_at)
            VALUES (gen_random_uuid(), 's', 1, gen_random_uuid(), 'c', $1, 'infinity')
            """,
            "UPDATE survey_invitations SET answered_at = now()",
            "survey_response_rate",
        ),
        (
            """
            INSERT INTO offer_responses (customer_id, offer_key, sending, response_id, answer, at,
                received_at)
            VALUES ('c', 'o', '', gen_random_uuid(), 'ignored', $1, now())
            """,
            "UPDATE offer_responses SET answer = 'accepted'",
            "offer_acceptance",
        ),
    ],
    ids=["survey", "offer"],
)
async def test_an_answer_that_comes_after_weeks_counts_on_its_day(
    place: Place, add: str, change: str, kpi: str
) -> None:
    day = {"from": ago(60).isoformat(), "to": ago(60).isoformat()}
    await place.pool.execute(add, NOW - timedelta(days=60))
    await place.roll_up()
    assert (await place.kpi(kpi, **day))["actual"]["value"] == 0
    await place.pool.execute(change)
    await place.roll_up(nights=1)
    assert (await place.kpi(kpi, **day))["actual"]["value"] == 1


async def test_a_night_rolls_up_once_and_two_workers_agree(place: Place) -> None:
    await place.shop.add([Day(0, ago(3))])
    rolls = RollUp(place.pool, FixedClock(NOW), ZONE)
    await rolls.nightly()
    before = await place.pool.fetch("SELECT * FROM kpi_daily ORDER BY 1, 2, 3")
    at = await place.pool.fetchval("SELECT max(xmin::text) FROM kpi_days")
    await rolls.nightly()
    assert await place.pool.fetchval("SELECT max(xmin::text) FROM kpi_days") == at
    await rolls.run(is_all=True)
    assert await place.pool.fetch("SELECT * FROM kpi_daily ORDER BY 1, 2, 3") == before


async def test_the_worker_rolls_up_and_works_off_a_rebuild(
    place: Place, platform: PlatformSettings
) -> None:
    await place.shop.add([Day(0, ago(3))])
    asked = (await place.http.post("/v1/kpis/rebuild")).json()["job_id"]
    async with loops(platform) as found:
        for loop in found:
            if loop.name in ("feedback.kpis", "feedback.jobs"):
                await loop.run_once()
    assert (await place.http.get(f"/v1/jobs/{asked}")).json()["status"] == "done"
    assert (await place.report(keys="aov"))["rolled_up_to"] == ago(1).isoformat()


async def test_who_rolls_up_rolls_up_alone(place: Place) -> None:
    assert await daily.try_to_begin(place.shop.connection)
    assert await place.roll_up() is None
    await daily.end(place.shop.connection)
    assert await place.roll_up() is not None


async def test_a_rebuild_is_one_job_until_it_is_done(place: Place) -> None:
    await place.shop.add([Day(0, ago(40))])
    first, second = [await place.http.post("/v1/kpis/rebuild") for _ in range(2)]
    assert first.status_code == 202
    assert first.json() == second.json()
    rolls = RollUp(place.pool, FixedClock(NOW), ZONE)
    assert await run_next(place.pool, {REBUILD: rebuilding(rolls)}, logger("tests"))
    job = (await place.http.get(first.headers["Location"])).json()
    assert (job["status"], job["result"]["days"]) == ("done", 40)


async def test_what_was_rolled_up_by_another_meaning_is_rolled_up_anew(place: Place) -> None:
    await place.shop.add([Day(0, ago(300)), Day(0, ago(10))])
    await place.roll_up()
    async with place.pool.acquire() as connection:
        meant = daily.MEANING - 1
        prints = await daily.prints_now(connection, ZONE.key, TODAY, 2, meaning=meant)
        await daily.note_prints(connection, prints, NOW)
    await place.pool.execute("UPDATE kpi_daily SET numerator = 7 WHERE kpi_key = 'net_spend'")
    # as migration 0019 leaves it: a round is due at the next look
    await place.pool.execute("DELETE FROM kpi_days WHERE business_date = $1", ago(1))
    await Watch(RollUp(place.pool, FixedClock(NOW), ZONE)).look()
    former = "SELECT count(*) FROM kpi_daily WHERE kpi_key = 'net_spend' AND numerator = 7"
    assert await place.pool.fetchval(former) == 0
    assert await daily.last_rolled_up(place.pool) == (ago(1), NOW)


async def test_the_first_facts_of_a_shop_are_rolled_up_at_the_next_look(place: Place) -> None:
    watch = Watch(RollUp(place.pool, FixedClock(NOW), ZONE))
    await watch.look()
    unknown = await place.report(keys="repeat_rate")
    assert unknown["rolled_up_to"] is None, "nothing happened: nothing is said to be known"
    assert "rolled up" in unknown["items"][0]["no_data"]["en"]
    await place.shop.add([Day(0, ago(3), orders=2)])
    await watch.look()
    assert (await place.kpi("repeat_rate"))["actual"]["value"] == 1.0

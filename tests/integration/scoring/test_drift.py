"""Whether the live model still fits: asked over HTTP, looked at by night, judged by what came."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from services.scoring.domain.life.drift import SampleRole
from services.scoring.queries.models.drift import latest_report
from services.scoring.queries.models.samples import KEPT_DAYS, panels
from services.scoring.usecases.fit.drift_metrics import DriftMetrics
from services.scoring.worker import Background, make_background
from tests.databases import Databases
from tests.integration.scoring.conftest import Scoring, serving
from tests.shop_facts import LAST_DAY
from tests.trained import CUSTOMERS, NOW, platform_of

SAMPLES = "SELECT count(*) FROM scored_samples WHERE model_version = $1 AND role = $2"
DEARER = """
UPDATE customer_day SET net_booked = net_booked * 4, sales_net = sales_net * 4
WHERE business_date >= $1
"""
#: Customers go on as in the 91 days before: each day's purchases again, 91 days later.
GO_ON = """
INSERT INTO customer_day (profile_id, business_date, net_booked, sales_net, orders, lines)
SELECT profile_id, business_date + 91, net_booked * $1::int / 10, sales_net * $1::int / 10, orders,
    lines
FROM customer_day WHERE business_date > $2::date - 91 AND business_date <= $2::date
"""


async def drift(scoring: Scoring) -> dict[str, Any]:
    answer = await scoring.client.get("/v1/models/drift")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def later(pool: asyncpg.Pool, url: str, days: int) -> Background:
    """The worker's parts so many days on."""
    return make_background(pool, platform_of(url, (NOW + timedelta(days=days)).isoformat()))


async def version_of(pool: asyncpg.Pool) -> str:
    found: str = await pool.fetchval("SELECT model_version FROM models")
    return found


async def test_first_question_is_answered_and_its_report_is_kept(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    found = await drift(scoring)
    assert found["status"] in ("steady", "watch")
    assert found["model_version"] == await version_of(pool)
    assert found["business_date"] == (LAST_DAY - timedelta(days=1)).isoformat()
    assert found["realised"] is None
    assert found["shadow"] is None
    assert (await drift(scoring))["computed_at"] == found["computed_at"]
    assert await pool.fetchval("SELECT count(*) FROM drift_reports") == 1


async def test_readiness_carries_the_sentence(scoring: Scoring) -> None:
    found = await drift(scoring)
    ready = (await scoring.client.get("/health/ready")).json()
    assert ready["status"] in ("ready", "degraded")
    (check,) = [each for each in ready["checks"] if each["name"] == "model"]
    assert check["state"] == "ok"
    assert check["detail"] == f"{found['model_version']}: {found['sentence']['en']}"


async def test_without_a_model_it_says_so(databases: Databases) -> None:
    with databases.temporary() as url:
        async with serving(url) as scoring:
            assert (await drift(scoring))["status"] == "no_model"


async def test_night_asks_a_panel_once_a_week(
    background: Background, pool: asyncpg.Pool, shop_url: str
) -> None:
    version = await version_of(pool)
    assert await background.drift.nightly()
    assert not await background.drift.nightly()
    count = await pool.fetchval(SAMPLES, version, SampleRole.PANEL)
    assert 0.8 * CUSTOMERS < count <= CUSTOMERS
    await later(pool, shop_url, 6).drift.nightly()
    assert len(await panels(pool)) == 1
    await later(pool, shop_url, 7).drift.nightly()
    assert len(await panels(pool)) == 2


async def realised_after(
    background: Background, pool: asyncpg.Pool, url: str, *, tenths: int
) -> dict[str, Any]:
    """Let the panel's horizon pass with spending as before, times tenths / 10."""
    await background.drift.nightly()
    (asked,) = await panels(pool)
    await pool.execute("DELETE FROM customer_day WHERE business_date > $1", asked.business_date)
    await pool.execute(GO_ON, tenths, asked.business_date)
    await later(pool, url, asked.horizon_days).drift.nightly()
    report = await latest_report(pool, asked.model_version)
    assert report is not None
    document: dict[str, Any] = dict(report.document)
    return document


async def test_predictions_are_judged_when_their_horizon_has_passed(
    background: Background, pool: asyncpg.Pool, shop_url: str
) -> None:
    document = await realised_after(background, pool, shop_url, tenths=10)
    found = document["realised"]
    assert found["business_date"] == (LAST_DAY - timedelta(days=1)).isoformat()
    assert not found["is_partial"]
    assert found["status"] in ("steady", "watch")
    assert found["ratio_ends"][0] < found["ratio"] < found["ratio_ends"][1]
    assert found["ratio"] == pytest.approx(found["spent"] / found["predicted"])
    assert found["gini_ends"][0] <= found["gini"] <= found["gini_ends"][1]
    assert 0.4 < found["coverage"] <= 1
    assert 0 <= found["chance_error"] < 0.3
    assert f"{round(100 * found['ratio'])} for every 100" in document["sentence"]["en"]


async def test_predictions_that_do_not_come_true_alarm(
    background: Background, pool: asyncpg.Pool, shop_url: str
) -> None:
    document = await realised_after(background, pool, shop_url, tenths=60)
    assert document["realised"]["status"] == "alarm"
    assert document["status"] == "alarm"


async def test_a_horizon_under_way_is_judged_pro_rata_and_says_so(
    background: Background, pool: asyncpg.Pool, shop_url: str
) -> None:
    await background.drift.nightly()
    (asked,) = await panels(pool)
    await pool.execute("DELETE FROM customer_day WHERE business_date > $1", asked.business_date)
    await pool.execute(GO_ON, 10, asked.business_date)
    await later(pool, shop_url, 30).drift.nightly()
    report = await latest_report(pool, asked.model_version)
    assert report is not None
    found = report.document["under_way"]
    assert (found["days"], found["is_partial"]) == (30, True)
    assert found["coverage"] is None
    predicted = await pool.fetchval(
        "SELECT sum(value) FROM scored_samples WHERE business_date = $1", asked.business_date
    )
    assert found["predicted"] == pytest.approx(predicted * 30 / asked.horizon_days)
    assert report.document["realised"] is None


async def test_a_shop_that_changes_alarms_and_the_measures_tell(
    background: Background, pool: asyncpg.Pool
) -> None:
    await pool.execute(DEARER, LAST_DAY - timedelta(days=60))
    await background.drift.nightly()
    measures = DriftMetrics(pool, background.recorder)
    before = {each.name: each.samples[0].value for each in measures.collect()}
    assert before["tierline_model_drift_status"] == -1
    await measures.refresh()
    found = {each.name: each.samples[0].value for each in measures.collect()}
    assert found["tierline_model_drift_status"] == 2
    assert found["tierline_model_psi_max"] > 0.25
    assert "tierline_model_realised_ratio" not in found


async def test_samples_are_kept_a_while_after_their_horizon_and_no_longer(
    background: Background, pool: asyncpg.Pool, shop_url: str
) -> None:
    await background.drift.nightly()
    (asked,) = await panels(pool)
    days = asked.horizon_days + KEPT_DAYS
    await later(pool, shop_url, days - 1).drift.nightly()
    assert asked in await panels(pool)
    await later(pool, shop_url, days + 1).drift.nightly()
    assert asked not in await panels(pool)


async def test_the_erased_are_not_asked_about(background: Background, pool: asyncpg.Pool) -> None:
    await pool.execute("UPDATE customers SET erased_at = now() WHERE customer_id < 'c-2'")
    await background.drift.nightly()
    assert not await pool.fetchval(
        "SELECT count(*) FROM scored_samples JOIN customers USING (profile_id)"
        " WHERE erased_at IS NOT NULL"
    )

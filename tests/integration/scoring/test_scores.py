"""Scores, batch reads, programmes and history over HTTP."""

from typing import Any

import asyncpg
import pytest

from services.scoring.model.outcomes.outcomes import OUTCOMES
from shared.contracts.tier import ScoreAnswer, TierAnswers
from shared.identifiers import lookup_key
from shared.secrets import Secrets
from tests.integration.scoring.conftest import Scoring
from tests.servers import SECRET_KEY
from tests.shop_facts import LAST_DAY, Purchase, buy, profile_id, write_customer


async def test_score_is_money_with_an_interval(scoring: Scoring, pool: asyncpg.Pool) -> None:
    await pool.execute("INSERT INTO shop VALUES (true, 'CNY', now())")
    body = (await scoring.client.get("/v1/customers/c-1/score")).json()
    answer = ScoreAnswer.model_validate(body)
    assert answer.value is not None
    assert answer.low is not None
    assert answer.high is not None
    assert float(answer.low.amount) < float(answer.high.amount)
    assert answer.value.currency == "CNY"
    assert answer.probability_to_buy is not None
    assert 0 < answer.probability_to_buy < 1
    assert (answer.horizon_days, answer.business_date) == (91, LAST_DAY)


async def test_score_is_the_one_the_tier_rests_on(scoring: Scoring, pool: asyncpg.Pool) -> None:
    """One customer on demand or the whole base in bulk: the same score, to the bit."""
    for index in (0, 1, 2, 50, 399):
        answer = (await scoring.client.get(f"/v1/customers/c-{index}/score")).json()
        stored = await pool.fetchval(
            "SELECT score FROM tier_current WHERE profile_id = $1", profile_id(index)
        )
        assert answer["season_free_score"] == stored


async def test_more_spending_is_a_higher_score(scoring: Scoring, pool: asyncpg.Pool) -> None:
    before = (await scoring.client.get("/v1/customers/c-7/score")).json()["season_free_score"]
    async with pool.acquire() as connection:
        await buy(connection, 7, Purchase(LAST_DAY, 300_000))
    after = (await scoring.client.get("/v1/customers/c-7/score")).json()["season_free_score"]
    assert after > before


async def test_prospect_has_no_score_and_unknown_is_404(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    async with pool.acquire() as connection:
        await write_customer(connection, 9000)
    prospect = (await scoring.client.get("/v1/customers/c-9000/score")).json()
    assert (prospect["known"], prospect["value"], prospect["lifecycle"]) == (True, None, "prospect")
    assert (await scoring.client.get("/v1/customers/nobody/score")).status_code == 404


async def test_batch_answers_in_the_order_asked(scoring: Scoring) -> None:
    names = ["c-9", "nobody", "c-3", "c-9"]
    answer = await scoring.client.post("/v1/tiers/query", json={"customer_ids": names})
    parsed = TierAnswers.model_validate(answer.json())
    assert [each.customer_id for each in parsed.answers] == names
    assert [each.known for each in parsed.answers] == [True, False, True, True]
    assert answer.json()["answers"][0] == await scoring.tier("c-9")


async def test_batch_decides_changed_customers_together(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    async with pool.acquire() as connection:
        for index in range(20):
            await buy(connection, index, Purchase(LAST_DAY, 800_000))
    names = [f"c-{index}" for index in range(20)]
    answers = (await scoring.client.post("/v1/tiers/query", json={"customer_ids": names})).json()
    assert answers["answers"] == [await scoring.tier(name) for name in names]


@pytest.mark.parametrize(
    ("kind", "value"),
    [("loyalty_account", "M-1"), ("phone", "+8613800138000"), ("email", "A@Example.com")],
)
async def test_batch_finds_customers_by_what_a_till_knows(
    scoring: Scoring, pool: asyncpg.Pool, kind: str, value: str
) -> None:
    key = lookup_key(Secrets.from_hex(SECRET_KEY), kind, value.lower() if "@" in value else value)
    await pool.execute(
        "INSERT INTO identifiers (kind, lookup_key, profile_id, linked_at)"
        " VALUES ($1, $2, $3, now())",
        kind,
        key,
        profile_id(3),
    )
    body = {"customers": [{kind: value}, {"loyalty_account": "M-2"}]}
    answers = (await scoring.client.post("/v1/tiers/query", json=body)).json()["answers"]
    assert answers[0] == await scoring.tier("c-3")
    assert (answers[1]["known"], answers[1]["customer_id"]) == (False, None)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"customer_ids": []},
        {"customer_ids": ["c-1"], "customers": [{"customer_id": "c-1"}]},
        {"customer_ids": ["c"] * 1001},
        {"customers": [{}]},
        {"customers": [{"phone": "12"}]},
        {"customer_ids": [" c"]},
        {"customer_ids": ["c-1"], "tier": "high"},
    ],
)
async def test_bad_batch_is_refused(scoring: Scoring, body: dict[str, Any]) -> None:
    assert (await scoring.client.post("/v1/tiers/query", json=body)).status_code == 422


async def test_programmes_are_listed(scoring: Scoring) -> None:
    items = (await scoring.client.get("/v1/programmes")).json()["items"]
    assert [(item["programme"], item["release"], item["is_default"]) for item in items] == [
        ("value", "r-1", True)
    ]
    assert [tier["key"] for tier in items[0]["tiers"]] == ["low", "mid", "high"]


async def test_history_can_be_asked_as_of_an_instant(scoring: Scoring) -> None:
    path = "/v1/customers/c-3/tier/history"
    assert len((await scoring.client.get(path)).json()["items"]) == 1
    early = await scoring.client.get(path, params={"as_of": "2020-01-01T00:00:00Z"})
    assert early.json() == {"items": []}
    assert (await scoring.client.get(path, params={"known_at": "x"})).status_code == 422
    assert (await scoring.client.get("/v1/customers/nobody/tier/history")).status_code == 404


async def score_of(scoring: Scoring, customer_id: str) -> ScoreAnswer:
    answer = await scoring.client.get(f"/v1/customers/{customer_id}/score")
    assert answer.status_code == 200, answer.text
    return ScoreAnswer.model_validate(answer.json())


async def test_score_tells_every_index_or_why_it_is_not_shown(scoring: Scoring) -> None:
    found = {each.key: each for each in (await score_of(scoring, "c-1")).indices}
    assert list(found) == [outcome.key for outcome in OUTCOMES]
    for each in found.values():
        has_value = each.value is not None or each.amount is not None
        assert each.shown is has_value is (each.reason is None)
        assert "91" in each.claim.en
    growth = found["growth"].accuracy
    assert growth is not None
    assert growth.lead_low > 0
    assert growth.baseline_value == pytest.approx(growth.value - growth.lead, abs=2e-4)
    assert found["influence"].reason is not None
    assert found["influence"].reason.code == "not_recorded"


async def test_potential_is_the_shown_growth(scoring: Scoring) -> None:
    answers = [await score_of(scoring, f"c-{index}") for index in range(12)]
    growth = [each.indices[0] for each in answers]
    assert all(each.shown for each in growth)
    assert [each.amount for each in growth] == [each.potential for each in answers]
    assert len({each.level for each in growth}) > 1
    for each in answers:
        assert each.potential is not None
        assert each.value is not None
        assert 0 <= float(each.potential.amount) <= float(each.value.amount)


async def test_one_purchase_is_told_as_low_confidence(scoring: Scoring, pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        await write_customer(connection, 9001)
        await buy(connection, 9001, Purchase(LAST_DAY, 12_000))
    new, old = await score_of(scoring, "c-9001"), await score_of(scoring, "c-1")
    assert (new.confidence, old.confidence) == ("low", "normal")
    assert new.confidence_reason is not None
    assert new.confidence_reason.code == "one_purchase"
    assert old.confidence_reason is None


async def test_short_history_says_that_the_season_is_not_known(scoring: Scoring) -> None:
    found = await score_of(scoring, "c-1")
    assert found.season is not None
    assert found.season.code == "season_unknown"


async def test_registry_and_backtest_name_every_index_with_its_figures(scoring: Scoring) -> None:
    version = (await score_of(scoring, "c-1")).model_version
    answer = await scoring.client.get(f"/v1/models/{version}/backtest")
    found = answer.json()["indices"]
    assert set(found) == {outcome.key for outcome in OUTCOMES}
    assert found["growth"]["is_shown"]
    assert found["growth"]["lead_low"] > 0

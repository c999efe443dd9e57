"""What-ifs are decided as the tier is, tell what would change it, and leave nothing behind."""

from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from services.scoring.worker import Background
from tests.integration.scoring.conftest import Scoring
from tests.programme_calls import begin, presets, publish
from tests.status_shop import sell
from tests.trained import NOW

Body = dict[str, Any]
TODAY = NOW.date()


async def ask(scoring: Scoring, customer_id: str, **said: Any) -> Body:
    answer = await scoring.client.post(f"/v1/customers/{customer_id}/what-if", json=said)
    assert answer.status_code == 200, answer.text
    body: Body = answer.json()
    return body


async def held(scoring: Scoring, tier: str, programme: str = "value") -> str:
    """The most valuable one of a tier."""
    asked = {"programme": programme, "tier": tier, "limit": 1}
    listed = await scoring.client.post("/v1/customers/list", json=asked)
    found: str = listed.json()["items"][0]["customer_id"]
    return found


def way(answer: Body, kind: str) -> Body:
    return next(each for each in answer["up"] if each["kind"] == kind)


async def put_in_force(scoring: Scoring, background: Background, key: str) -> None:
    document = (await presets(scoring))[key]
    await begin(scoring, f"my-{key}", document)
    assert (await publish(scoring, f"my-{key}", 1)).status_code == 202
    assert await background.work_off()


async def test_nothing_made_up_changes_nothing(scoring: Scoring) -> None:
    who = await held(scoring, "mid")
    answer = await ask(scoring, who)
    tier = await scoring.tier(who)
    assert answer["then"] == answer["now"]
    assert {name: answer["now"][name] for name in ("tier", "since", "reasons")} == {
        name: tier[name] for name in ("tier", "since", "reasons")
    }


@pytest.mark.parametrize(
    ("preset", "tier"), [("value", "mid"), ("high-mid-low", "mid"), ("abc", "c")], ids=str
)
async def test_the_purchase_that_is_told_reaches_and_one_unit_less_does_not(
    scoring: Scoring, background: Background, preset: str, tier: str
) -> None:
    programme = preset
    if preset != "value":
        programme = f"my-{preset}"
        await put_in_force(scoring, background, preset)
    who = await held(scoring, tier, programme)
    told = way(await ask(scoring, who, programme=programme), "purchase")
    amount = float(told["amount"]["amount"])
    for spent, reaches in ((amount, True), (amount - 1, False)):
        bought = [{"amount": f"{spent:.2f}"}] if spent else []
        then = (await ask(scoring, who, programme=programme, purchases=bought))["then"]
        assert (then["tier"]["rank"] >= told["tier"]["rank"]) is reaches


async def test_the_tier_falls_on_the_day_that_is_told(scoring: Scoring) -> None:
    who = await held(scoring, "high")
    down = (await ask(scoring, who))["down"]
    days = (date.fromisoformat(down["on"]) - TODAY).days
    before = await ask(scoring, who, days_passed=days - 1)
    after = await ask(scoring, who, days_passed=days)
    assert before["then"]["tier"]["key"] == "high"
    assert after["then"]["tier"] == down["tier"]
    assert after["on"] == down["on"]


async def test_published_rules_are_told_in_their_words(
    scoring: Scoring, background: Background
) -> None:
    await put_in_force(scoring, background, "coffee")
    who = await held(scoring, "low")
    answer = await ask(scoring, who, programme="my-coffee", purchases=[{"amount": "90000.00"}])
    assert way(answer, "rule")["tier"]["rank"] == answer["now"]["tier"]["rank"] + 1
    assert answer["then"]["tier"]["key"] == "gold"


async def test_a_status_falls_on_the_day_that_is_told(
    scoring: Scoring, background: Background, pool: asyncpg.Pool
) -> None:
    who = "c-1"
    await sell(pool, 1, 600)
    await put_in_force(scoring, background, "coffee")
    down = (await ask(scoring, who, programme="my-coffee"))["down"]
    days = (date.fromisoformat(down["on"]) - TODAY).days
    after = await ask(scoring, who, programme="my-coffee", days_passed=days)
    assert after["now"]["tier"]["key"] == "silver"
    assert after["then"]["tier"] == down["tier"]


async def test_the_highest_and_the_lowest_are_told_as_such(scoring: Scoring) -> None:
    top = await ask(scoring, await held(scoring, "high"))
    assert [each["kind"] for each in top["up"]] == ["none"]
    bottom = await ask(scoring, await held(scoring, "low"))
    assert (bottom["down"]["tier"], bottom["down"]["searched_until"]) == (None, None)


async def test_nothing_is_stored(scoring: Scoring, pool: asyncpg.Pool) -> None:
    who = await held(scoring, "mid")
    count = "SELECT (SELECT count(*) FROM tier_history), (SELECT max(decided_at) FROM tier_current)"
    before = await pool.fetchrow(count)
    await ask(scoring, who, purchases=[{"amount": "9000.00"}], days_passed=400)
    assert await pool.fetchrow(count) == before


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"purchases": [{"amount": "5.001"}]}, "/purchases/0/amount"),
        ({"purchases": [{"amount": "5.00", "currency": "EUR"}]}, "/purchases/0/currency"),
        ({"purchases": [{"amount": "-5.00"}]}, "/purchases/0/amount"),
        (
            {"purchases": [{"amount": "5.00", "on": str(TODAY + timedelta(days=1))}]},
            "/purchases/0/on",
        ),
        ({"days_passed": 731}, "/days_passed"),
        ({"purchases": [{"amount": "1.00"}] * 25}, "/purchases"),
    ],
    ids=["decimals", "currency", "sign", "date", "days", "too many"],
)
async def test_what_cannot_be_made_up_is_refused(
    scoring: Scoring, said: Body, pointer: str
) -> None:
    answer = await scoring.client.post("/v1/customers/c-1/what-if", json=said)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_strangers_and_other_programmes_are_not_found(scoring: Scoring) -> None:
    for path, said in (("nobody", {}), ("c-1", {"programme": "no"})):
        answer = await scoring.client.post(f"/v1/customers/{path}/what-if", json=said)
        assert answer.status_code == 404

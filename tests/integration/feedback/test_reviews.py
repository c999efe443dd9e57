import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.feedback.usecases.cases.calendar import Shop
from services.feedback.usecases.reviews.evaluate import evaluate_next
from shared.clock import FixedClock
from shared.contracts.reviews import EXAMPLE_FINDING_CHANGE
from shared.ids import uuid7
from shared.key_rows import Grant, add_key
from shared.keys import new_key
from tests.integration.feedback.club_rows import (
    PEOPLE,
    break_promises,
    forget_club,
    found_club,
    hold,
    order,
    rate,
    use_drinks,
)
from tests.integration.feedback.experiment_rows import (
    add_days,
    add_people,
    add_running,
    document,
    expose,
)
from tests.integration.feedback.people_rows import profile

UTC_ZONE = ZoneInfo("UTC")


def shop_of(pool: asyncpg.Pool, now: str = "2026-11-22T01:00:00+00:00") -> Shop:
    return Shop(pool, FixedClock(datetime.fromisoformat(now).astimezone(UTC)), UTC_ZONE)


@pytest.fixture
async def club(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Pool]:
    await found_club(pool)
    yield pool
    await forget_club(pool)


@pytest.fixture
async def http(pool: asyncpg.Pool, app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client who writes feedback and reads reports."""
    key = new_key()
    await add_key(pool, key, Grant("lead", frozenset({"feedback:write", "reports:read"}), "desk"))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://feedback", headers=headers
    ) as client:
        yield client


async def the_review(http: httpx.AsyncClient) -> dict[str, Any]:
    (item,) = (await http.get("/v1/reviews")).json()["items"]
    answer = await http.get(f"/v1/reviews/{item['review_id']}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def finding(review: dict[str, Any], code: str) -> dict[str, Any]:
    (found,) = [each for each in review["findings"] if each["code"] == code]
    return dict(found)


async def test_last_quarter_is_reviewed_by_itself_once_by_two_workers(
    club: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    done = await asyncio.gather(*(evaluate_next(shop_of(club)) for _ in range(4)))
    assert sorted(done) == [False, False, False, True]
    assert not await evaluate_next(shop_of(club))
    review = await the_review(http)
    assert (review["quarter"], review["compared_with"]) == ("2026-Q3", "2026-Q2")
    assert (review["state"], review["asked_by"]) == ("done", "schedule")
    assert review["programmes"] == [
        {"programme": "coffee", "programme_version": 3, "release": "r-7", "model_version": None}
    ]


async def test_review_shows_weak_strategies_with_their_figures(
    club: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    for number in range(1, PEOPLE + 1):
        await order(club, number, date(2026, 4, 1), 8 + number % 3)
        await order(club, number, date(2026, 7, 1), 3 + number % 3)
    await use_drinks(club)
    await break_promises(club)
    await rate(club)
    assert await evaluate_next(shop_of(club))
    review = await the_review(http)
    drop = finding(review, "frequency_drop")
    assert (drop["programme"], drop["tier"], drop["state"]) == ("coffee", "gold", "open")
    assert (drop["figures"]["members"], drop["figures"]["order_days_per_member"]) == (60, 4.0)
    assert drop["figures"]["window"] == {
        "from": "2026-07-01", "to": "2026-09-30", "before_from": "2026-04-01",
        "before_to": "2026-06-30",
    }  # fmt: skip
    assert "金星" in drop["text"]["zh"]
    assert finding(review, "unused_benefit")["figures"]["users"] == 1
    assert finding(review, "breached_service_level")["figures"]["breached"] == 9
    assert finding(review, "falling_satisfaction")["figures"]["mean"] == 2.5
    assert finding(review, "nobody_reaches_tier")["tier"] == "black"
    cost = finding(review, "cost_above_return")
    assert "500.00 CNY" in cost["text"]["en"]
    assert cost["text"]["en"].endswith("the quarter before 0.00 CNY and 1080.00 CNY.")
    changed = finding(review, "breached_service_level")["changes"]
    assert (changed["document"], changed["key"]) == ("service_level", "gold")
    assert changed["link"] == "/v1/programmes/coffee"
    assert len(review["findings"]) == 6


@pytest.mark.parametrize(
    ("ended", "is_found"), [(datetime(2026, 9, 1, tzinfo=UTC), True), (None, False)]
)
async def test_experiment_that_ended_without_a_gain_is_told_and_one_that_runs_is_not(
    club: asyncpg.Pool, http: httpx.AsyncClient, ended: datetime | None, *, is_found: bool
) -> None:
    arms = [{"key": "control", "share": 500}, {"key": "call", "share": 500}]
    design = {"fixed": {"days": 28}, "sequential": None}
    tried = document(arms=arms, design=design, also=[])
    start = datetime(2026, 7, 2, 9, tzinfo=UTC)
    state = "running" if ended is None else "ended"
    await add_running(club, "leaflet", tried, started_at=start, state=state, ended_at=ended)
    people = range(1000, 1400)
    await add_people(club, people)
    await expose(club, "leaflet", {n: ("control", "call")[n % 2] for n in people}, start)
    await add_days(club, [(n, date(2026, 7, 10), 1000 + n // 2 % 7 * 100, 1) for n in people])
    assert await evaluate_next(shop_of(club))
    review = await the_review(http)
    told = [each for each in review["findings"] if each["code"] == "experiment_without_effect"]
    assert [each["subject"] for each in told] == (["leaflet"] if is_found else [])
    if is_found:
        figures = told[0]["figures"]
        assert (figures["about"], figures["verdict"]) == ("other/leaflet", "no_difference_seen")
        assert figures["low"] < 0 < figures["high"]
        assert told[0]["link"] == "/v1/experiments/leaflet/result"


async def test_quiet_shop_has_questions_without_enough_data_and_no_findings(
    club: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    await club.execute("DELETE FROM tier_history WHERE profile_id > $1", profile(30))
    await hold(club, 1, "black", datetime(2026, 8, 1, tzinfo=UTC))
    assert await evaluate_next(shop_of(club))
    review = await the_review(http)
    assert review["findings"] == []
    asked = {(each["code"], each["have"], each["needed"]) for each in review["not_enough_data"]}
    assert ("frequency_drop", 30, 50) in asked
    assert ("unused_benefit", 30, 50) in asked
    for each in review["not_enough_data"]:
        assert str(each["needed"]) in each["text"]["en"]
        assert str(each["needed"]) in each["text"]["zh"]
    await club.execute(
        "UPDATE reviews SET too_few = (SELECT jsonb_agg(each - 'text')"
        " FROM jsonb_array_elements(too_few) each)"
    )
    kept = (await the_review(http))["not_enough_data"]
    assert [each["needed"] for each in kept] == [
        each["needed"] for each in review["not_enough_data"]
    ]
    assert all(each["text"]["zh"] for each in kept), "what was kept before there were words"


async def test_a_quarter_that_runs_is_no_drop_because_it_is_short(
    club: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    for number in range(1, PEOPLE + 1):
        # a day a week, as ever
        await order(club, number, date(2026, 7, 3), 21 + number % 2)
    asked = await http.post("/v1/reviews", json={"quarter": "2026-Q4"})
    while await evaluate_next(shop_of(club)):
        pass
    review = (await http.get(f"/v1/reviews/{asked.json()['review_id']}")).json()
    assert review["state"] == "done"
    assert "frequency_drop" not in [each["code"] for each in review["findings"]]


async def test_programme_that_came_after_the_quarter_is_not_reviewed(club: asyncpg.Pool) -> None:
    assert not await evaluate_next(shop_of(club, "2026-01-10T00:00:00+00:00"))


async def test_quarter_before_tiers_were_recorded_blames_no_tier(
    club: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    answer = await http.post("/v1/reviews", json={"quarter": "2025-Q3"})
    await evaluate_next(shop_of(club, "2026-01-10T00:00:00+00:00"))
    review = (await http.get(f"/v1/reviews/{answer.json()['review_id']}")).json()
    assert (review["state"], review["findings"]) == ("done", [])
    assert all(each["have"] >= 0 for each in review["not_enough_data"])


async def test_any_quarter_is_reviewed_when_somebody_asks(
    club: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    first = await http.post("/v1/reviews", json={"quarter": "2026-Q4"})
    again = await http.post("/v1/reviews", json={"quarter": "2026-Q4"})
    assert (first.status_code, first.json()["state"]) == (202, "waiting")
    assert again.json()["review_id"] == first.json()["review_id"]
    assert first.json()["last_day"] == "2026-11-21"
    assert await evaluate_next(shop_of(club))
    assert await evaluate_next(shop_of(club))
    states = [each["state"] for each in (await http.get("/v1/reviews")).json()["items"]]
    assert states == ["done", "done"]


@pytest.mark.parametrize(
    ("quarter", "sentence"),
    [
        ("2027-Q1", "has not begun"),
        *((text, "such as 2026-Q3") for text in ("2026-Q5", "2026", "Q3", "9999-Q4", "1989-Q4")),
        ("1000-Q1\n", "such as 2026-Q3"),
    ],
)
async def test_quarter_that_has_not_begun_or_is_none_is_refused(
    club: asyncpg.Pool, http: httpx.AsyncClient, quarter: str, sentence: str
) -> None:
    assert club is not None
    answer = await http.post("/v1/reviews", json={"quarter": quarter})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/quarter"
    assert sentence in error["message"]


async def test_finding_is_accepted_with_owner_and_note_by_who_read_it_last(
    club: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    await use_drinks(club)
    await evaluate_next(shop_of(club))
    review = await the_review(http)
    address = f"/v1/reviews/{review['review_id']}/findings/{review['findings'][0]['finding_id']}"
    change = EXAMPLE_FINDING_CHANGE | {"note": "<b>ok</b>"}
    read = await http.get(address)
    unread = await http.patch(address, json=change)
    made = await http.patch(address, json=change, headers={"If-Match": read.headers["etag"]})
    stale = await http.patch(address, json={"state": "rejected"}, headers={"If-Match": '"1"'})
    assert [each.status_code for each in (unread, made, stale)] == [428, 200, 412]
    assert made.headers["etag"] == '"2"'
    assert made.json()["note"] == "<b>ok</b>"
    kept = await http.patch(address, json={"owner": None}, headers={"If-Match": '"2"'})
    told = kept.json()
    assert (told["state"], told["owner"], told["note"]) == ("accepted", None, "<b>ok</b>")
    assert (told["version"], told["changed_by"]) == (3, "lead")


async def test_what_is_not_there_is_not_found(club: asyncpg.Pool, http: httpx.AsyncClient) -> None:
    assert club is not None
    nowhere = f"/v1/reviews/{uuid7()}"
    assert (await http.get(nowhere)).status_code == 404
    assert (await http.get(f"{nowhere}/findings/{uuid7()}")).status_code == 404
    change = await http.patch(
        f"{nowhere}/findings/{uuid7()}", json={"state": "open"}, headers={"If-Match": '"1"'}
    )
    assert change.status_code == 404


async def test_reports_are_read_with_their_scope_only(club: asyncpg.Pool, app: FastAPI) -> None:
    key = new_key()
    await add_key(club, key, Grant("desk", frozenset({"feedback:read"}), "desk"))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://feedback", headers=headers
    ) as client:
        assert (await client.get("/v1/reviews")).status_code == 403

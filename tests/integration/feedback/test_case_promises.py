"""What a tier promises: known at once or learned later, kept or broken, and measured."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI

from services.feedback.usecases.cases.desk import CaseDesk
from services.feedback.usecases.cases.promises import learn_promises
from services.feedback.usecases.cases.service_levels import ServiceLevels
from services.feedback.usecases.cases.watch import note_breaches
from shared.clients.transport import RemoteProblem, RemoteUnavailable
from shared.contracts.entitlements import PromisedServiceLevel
from tests.integration.feedback.case_desk import CaseOffice, case_office
from tests.integration.feedback.scoring import FakeScoring

AWAY = RemoteUnavailable("scoring")
SPAN = {"since": "2026-11-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"}


@pytest.fixture
async def office(
    app: FastAPI, pool: asyncpg.Pool, scoring: FakeScoring
) -> AsyncIterator[CaseOffice]:
    async with case_office(app, pool, scoring, resolution_hours=8) as opened:
        await opened.keep_open()
        yield opened
        scoring.error = None


async def know_the_tier(office: CaseOffice, tier: dict[str, Any] | None) -> None:
    """Complete what was said as usecases/capture/completing.py does."""
    await office.desk.pool.execute(
        "UPDATE feedback SET tier_held = $1, tier_added_at = now()",
        tier,
    )


async def times(office: CaseOffice, **span: str) -> dict[str, Any]:
    answer = await office.client.get("/v1/cases/times", params=SPAN | span)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_case_opened_while_scoring_is_away_is_settled_when_it_is_back(
    office: CaseOffice,
) -> None:
    office.scoring.error = AWAY
    case = await office.complain()
    assert (case["is_service_level_known"], case["tier"]) == (False, None)
    assert case["due_at"] == "2026-11-24T02:00:00Z"  # the usual 24 hours
    gold = {"key": "gold", "rank": 2, "name": {"en": "Gold", "zh": "金星"}}
    await know_the_tier(office, {"programme": "coffee", "programme_version": 1, "tier": gold})
    assert await learn_promises(office.shop, office.scoring) is False
    assert (await office.read(case))["is_service_level_known"] is False
    office.scoring.error = None
    await learn_promises(office.shop, office.scoring)
    settled = await office.read(case)
    assert (settled["is_service_level_known"], settled["due_at"]) == (True, "2026-11-23T06:00:00Z")
    assert (settled["tier"]["key"], settled["priority"]) == ("gold", 1)
    assert settled["events"][0]["kind"] == "promised"
    assert settled["version"] == case["version"]  # an agent at work is not disturbed


@pytest.mark.parametrize("hours", [48, None])
async def test_a_due_time_that_was_shown_never_moves_back(
    office: CaseOffice, hours: int | None
) -> None:
    office.scoring.error = AWAY
    case = await office.complain()
    await know_the_tier(office, None)
    office.scoring.error, office.scoring.level = (
        None,
        PromisedServiceLevel(response_hours=hours, programme="coffee", programme_version=3),
    )
    await learn_promises(office.shop, office.scoring)
    settled = await office.read(case)
    assert (settled["is_service_level_known"], settled["due_at"]) == (True, case["due_at"])


async def test_two_workers_settle_a_case_once(office: CaseOffice) -> None:
    office.scoring.error = AWAY
    case = await office.complain()
    await know_the_tier(office, None)
    office.scoring.error = None
    both = (learn_promises(office.shop, office.scoring) for _ in range(2))
    await asyncio.gather(*both)
    kinds = [each["kind"] for each in (await office.read(case))["events"]]
    assert kinds == ["promised", "opened"]


async def test_whom_scoring_will_never_take_is_promised_nothing(office: CaseOffice) -> None:
    office.scoring.error = AWAY
    case = await office.complain()
    await know_the_tier(office, None)
    office.scoring.error = RemoteProblem(422, "invalid", "No such form of an id")
    await learn_promises(office.shop, office.scoring)
    settled = await office.read(case)
    assert (settled["is_service_level_known"], settled["service_level"]) == (True, None)


async def test_a_scoring_of_the_version_before_settles_no_promise(office: CaseOffice) -> None:
    office.scoring.error = RemoteProblem(404, "not_found", "No such address")
    case = await office.complain()
    await know_the_tier(office, None)
    assert not await learn_promises(office.shop, office.scoring)
    assert not (await office.read(case))["is_service_level_known"]
    office.scoring.error = None
    await learn_promises(office.shop, office.scoring)
    assert (await office.read(case))["service_level"]["response_hours"] == 4


async def test_what_is_promised_is_asked_once_in_a_minute(office: CaseOffice) -> None:
    await office.complain()
    asked = office.scoring.asked
    case = await office.complain()
    assert office.scoring.asked == asked + 1  # the tier; what it promises is remembered
    assert case["service_level"]["response_hours"] == 4


async def test_a_promise_that_passes_is_noted_once_by_two_workers(office: CaseOffice) -> None:
    case, other = await office.complain(), await office.complain(customer=None)
    office.clock.advance(hours=4)
    await note_breaches(office.shop)  # due now is not late
    office.clock.advance(minutes=1)
    assert [each["case_id"] for each in await office.listed(overdue="true")] == [case["case_id"]]
    await asyncio.gather(note_breaches(office.shop), note_breaches(office.shop))
    await note_breaches(office.shop)
    late = await office.read(case)
    assert [each["kind"] for each in late["events"]] == ["breached", "opened"]
    assert late["events"][0]["details"] == {
        "promise": "response",
        "due_at": "2026-11-23T06:00:00+00:00",
    }
    assert (late["breaches"], late["is_overdue"], late["version"]) == (1, True, 1)
    assert (await office.read(other))["breaches"] == 0


async def test_answer_and_solution_have_a_promise_each(office: CaseOffice) -> None:
    case = await office.complain()
    assert case["resolve_by"] == "2026-11-23T10:00:00Z"
    office.clock.advance(hours=1)
    case = await office.walk(case, "answered")
    office.clock.advance(hours=8)
    await note_breaches(office.shop)
    case = await office.read(case)
    assert [each["details"].get("promise") for each in case["events"]] == ["resolution", None, None]
    resolved = await office.walk(case, "resolved")
    assert (resolved["breaches"], resolved["is_overdue"]) == (1, False)


async def test_a_reopened_case_may_break_its_new_promise(office: CaseOffice) -> None:
    case = await office.complain()
    office.clock.advance(hours=5)
    await note_breaches(office.shop)
    case = await office.walk(await office.read(case), "answered", "resolved")
    assert (await office.reopen(case)).status_code == 200
    office.clock.advance(hours=5)
    await note_breaches(office.shop)
    assert (await office.read(case))["breaches"] == 2


async def test_times_are_told_by_tier(office: CaseOffice) -> None:
    quick = await office.complain()
    slow = await office.complain()
    await office.complain(customer=None)  # waits, in time
    office.clock.advance(hours=1)
    quick = await office.walk(quick, "answered", "resolved", "improved")
    office.clock.advance(hours=5)
    slow = await office.walk(slow, "answered")
    await office.reopen(quick)
    found = await times(office)
    total = found["total"]
    assert (total["cases"], total["answered"], total["resolved"]) == (3, 2, 0)
    high, none = found["tiers"]
    assert (high["tier"], high["name"]["zh"], high["cases"]) == ("high", "高价值", 2)
    assert (high["within_share"], high["reopened_share"], high["breaches"]) == (0.5, 0.5, 1)
    assert (high["response_minutes_median"], high["response_hours_p90"]) == (210, 5.5)
    assert (none["tier"], none["within_share"], none["response_minutes_median"]) == (
        None,
        None,
        None,
    )


async def test_a_case_resolved_twice_took_until_the_last_time(office: CaseOffice) -> None:
    case = await office.complain()
    office.clock.advance(hours=1)
    case = await office.walk(case, "answered", "resolved")
    assert (case["resolution_minutes"], (await times(office))["total"]["resolved"]) == (60, 1)
    office.clock.advance(hours=2)
    case = (await office.reopen(case)).json()
    names = ("resolved_at", "resolution_minutes", "resolution", "answered_at")
    assert [case[name] for name in names] == [None] * 4
    total = (await times(office))["total"]
    assert (total["resolved"], total["resolution_minutes_median"]) == (0, None)
    office.clock.advance(hours=1)
    case = await office.walk(case, "answered", "resolved")
    total = (await times(office))["total"]
    assert (case["resolution_minutes"], case["response_minutes"]) == (240, 60)
    assert (total["resolved"], total["resolution_minutes_median"]) == (1, 240)
    assert total["response_minutes_median"] == 60


async def test_a_promise_broken_before_a_reopening_is_told_once(office: CaseOffice) -> None:
    case = await office.walk(await office.complain(), "answered")
    office.clock.advance(hours=9)
    case = (await office.reopen(case)).json()
    await note_breaches(office.shop)
    case = await office.read(case)
    told = [each["details"]["promise"] for each in case["events"] if each["kind"] == "breached"]
    assert (told, case["breaches"]) == (["resolution"], 1)


async def test_a_case_names_the_programme_whose_promise_it_goes_by(
    app: FastAPI, office: CaseOffice
) -> None:
    case = await office.walk(await office.complain(), "answered")
    (listed,) = await office.listed()
    promised = {"response_hours": 4, "agent": None, "hotline": None}
    coffee = {"programme": "coffee", "programme_version": 3}
    assert case["service_level"] == listed["service_level"] == promised | coffee
    # reopened later it goes by what is promised then
    club = PromisedServiceLevel(response_hours=2, programme="club", programme_version=1)
    office.scoring.level = club
    rules = office.desk.cases.rules
    cases = CaseDesk(rules, ServiceLevels(office.scoring, 0.1))
    app.state.desk = replace(office.desk, cases=cases)
    again = (await office.reopen(case)).json()
    assert (again["due_at"], again["service_level"]["programme"]) == (
        "2026-11-23T04:00:00Z",
        "club",
    )


async def test_a_promise_learned_later_names_its_programme(office: CaseOffice) -> None:
    office.scoring.error = AWAY
    case = await office.complain()
    assert case["service_level"] is None
    await know_the_tier(office, None)
    office.scoring.error = None
    await learn_promises(office.shop, office.scoring)
    level = (await office.read(case))["service_level"]
    assert (level["programme"], level["programme_version"]) == ("coffee", 3)


async def test_minutes_of_service_are_not_the_hours_that_run_on(office: CaseOffice) -> None:
    calendar = {"zone": "UTC", "week": {"mon": [{"opens": "09:00", "closes": "18:00"}]}}
    await office.client.put("/v1/cases/calendar", json=calendar, headers={"If-Match": '"1"'})
    case = await office.complain()  # at two in the morning, UTC
    assert case["due_at"] == "2026-11-23T13:00:00Z"
    office.clock.advance(hours=9)
    answered = await office.walk(case, "answered")
    assert answered["response_minutes"] == 120
    total = (await times(office))["total"]
    assert (total["response_minutes_median"], total["response_hours_median"]) == (120, 9)


async def test_times_of_no_cases_say_nothing(office: CaseOffice) -> None:
    found = await times(office)
    assert (found["total"]["cases"], found["total"]["within_share"], found["tiers"]) == (
        0,
        None,
        [],
    )


async def test_a_span_that_ends_before_it_begins_is_refused(office: CaseOffice) -> None:
    answer = await office.client.get("/v1/cases/times", params=SPAN | {"until": SPAN["since"]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/until"

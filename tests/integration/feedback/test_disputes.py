"""A disputed tier: judged by a person, kept as a label, made true by a pin."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI

from services.feedback.usecases.cases.pins import TOPIC, make_true
from shared import outbox
from shared.clients.transport import RemoteProblem, RemoteUnavailable
from shared.outbox import OutboxRow
from shared.settings import PlatformSettings
from tests.integration.feedback.case_desk import CaseOffice, case_office
from tests.integration.feedback.people_rows import add_person, forget_people, profile
from tests.integration.feedback.pin_desk import FakePins
from tests.integration.feedback.scoring import FakeScoring
from tests.integration.feedback.test_erase import forget

AWAY = RemoteUnavailable("scoring")
#: A value programme: its tiers from the highest down.
LADDER = {"kind": "value", "tiers": [{"key": "high"}, {"key": "mid"}, {"key": "low"}]}

#: What scoring decided last in the release that is live, and in one that was before.
HOLDS = """
WITH live AS (
    INSERT INTO live_releases (programme_key, release_id, flipped_at) VALUES ('coffee', 2, now())
)
INSERT INTO tier_current (profile_id, programme_key, release_id, decided_version, business_date,
    decided_at, next_change_at, rank, tier_key, since, lifecycle, answer)
SELECT $1, 'coffee', release_id, 1, now(), now(), now(), 0, tier_key, now(), 'active', ''
FROM (VALUES (1, 'platinum'), (2, $2::text)) AS decided (release_id, tier_key)
"""


@pytest.fixture
async def office(
    app: FastAPI, pool: asyncpg.Pool, scoring: FakeScoring
) -> AsyncIterator[CaseOffice]:
    await pool.execute("DELETE FROM programme_versions")
    await pool.execute(
        "INSERT INTO programme_versions (programme_key, version, status, document, created_at)"
        " VALUES ('value', 1, 'published', $1, now())",
        LADDER,
    )
    async with case_office(app, pool, scoring) as opened:
        yield opened


async def dispute(office: CaseOffice, **changes: Any) -> dict[str, Any]:
    return await office.complain(kind="tier_dispute", text="I spent more", **changes)


async def deliver(office: CaseOffice, pins: FakePins) -> None:
    """Work off what waits for scoring, as the worker does."""
    pool = office.desk.pool

    async def make(rows: Sequence[OutboxRow]) -> Mapping[UUID, str]:
        return await make_true(pool, rows, pins)

    await pool.execute("UPDATE outbox SET due_at = now() WHERE done_at IS NULL")
    try:
        await outbox.deliver(pool, TOPIC, make)
    except RemoteUnavailable:
        return


async def pin_of(office: CaseOffice, case: dict[str, Any]) -> str:
    pin: str = (await office.read(case))["decisions"][0]["pin"]
    return pin


async def test_a_decision_is_a_label_and_a_pin(office: CaseOffice) -> None:
    case, pins = await dispute(office), FakePins()
    await office.walk(case, "answered")
    answer = await office.decide(case, "lower", "mid", ends_at="2027-01-01T00:00:00Z")
    assert answer.status_code == 200, answer.text
    (decision,) = answer.json()["decisions"]
    assert (decision["tier_held"], decision["tier_judged"], decision["pin"]) == (
        "high",
        "mid",
        "pending",
    )
    assert decision["decided_by"] == "li.na"
    await deliver(office, pins)
    ((customer_id, wish),) = pins.made.values()
    assert (customer_id, wish.mode, wish.tier) == ("c-1", "ceiling", "mid")
    assert wish.reason == f"Miscounted (case {case['case_id']}, li.na)"
    assert await pin_of(office, case) == "made"


async def test_whoever_keeps_their_tier_needs_no_pin(office: CaseOffice) -> None:
    case, pins = await dispute(office), FakePins()
    answer = await office.decide(case, "keep", "high")
    assert answer.json()["decisions"][0]["pin"] == "none"
    await deliver(office, pins)
    assert not pins.made
    label = await office.desk.pool.fetchrow("SELECT * FROM tier_labels")
    assert (label["customer_id"], label["tier_judged"], label["decided_by"]) == (
        "c-1",
        "high",
        "li.na",
    )


async def test_a_decision_made_while_scoring_is_away_is_made_true_later(
    office: CaseOffice,
) -> None:
    case, pins = await dispute(office), FakePins(error=AWAY)
    await office.decide(case, "lower", "low")
    await deliver(office, pins)
    assert await pin_of(office, case) == "pending"
    pins.error = None
    await deliver(office, pins)
    assert (await pin_of(office, case), pins.standing) == ("made", [("ceiling", "low")])


async def test_a_pin_that_scoring_refuses_says_why(office: CaseOffice) -> None:
    case = await dispute(office)
    await office.decide(case, "lower", "low")
    await deliver(office, FakePins(error=RemoteProblem(404, "not_found", "No such customer")))
    (decision,) = (await office.read(case))["decisions"]
    assert (decision["pin"], decision["pin_detail"]) == (
        "refused",
        "404 not_found: No such customer",
    )


async def test_a_refusal_that_may_pass_is_tried_again(office: CaseOffice) -> None:
    case, pins = await dispute(office), FakePins(error=RemoteProblem(503, "overloaded", "Busy"))
    await office.decide(case, "lower", "low")
    await deliver(office, pins)
    assert await pin_of(office, case) == "pending"
    pins.error = None
    await deliver(office, pins)
    assert await pin_of(office, case) == "made"


@pytest.mark.parametrize(
    ("decision", "more", "pointer", "code"),
    [
        (("raise", "high"), {}, "/tier", "contradiction"),
        (("lower", "platinum"), {}, "/tier", "unknown_tier"),
        (("keep", "high"), {"programme": "other"}, "/programme", "unknown_programme"),
        (("lower", "low"), {"ends_at": "2026-11-23T02:00:00Z"}, "/ends_at", "out_of_range"),
        (("perhaps", "low"), {}, "/decision", "not_allowed"),
        (("lower", "low"), {"reason": ""}, "/reason", "too_short"),
        (("lower", "low"), {"decided_by": "me"}, "", "unknown_field"),
    ],
    ids=str,
)
async def test_a_decision_that_does_not_fit_is_named_by_its_field(
    office: CaseOffice, decision: tuple[str, str], more: dict[str, str], pointer: str, code: str
) -> None:
    answer = await office.decide(await dispute(office), *decision, **more)
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]
    assert await office.desk.pool.fetchval("SELECT count(*) FROM tier_labels") == 0


async def test_a_dispute_is_not_resolved_before_its_decision(office: CaseOffice) -> None:
    case = await office.walk(await dispute(office), "answered")
    refused = await office.change(case, state="resolved", resolution="Explained")
    assert refused.status_code == 409
    assert "POST .../decision" in refused.json()["detail"]
    decided = (await office.decide(case, "keep", "high")).json()
    assert (await office.walk(decided, "resolved"))["state"] == "resolved"


async def test_only_open_disputes_of_somebody_are_decided(office: CaseOffice) -> None:
    complaint = await office.complain()
    nobodys = await dispute(office, customer=None)
    for case in (complaint, nobodys):
        assert (await office.decide(case, "keep", "high")).status_code == 409
    decided = (await office.decide(await dispute(office), "keep", "high")).json()
    again = await office.decide(decided, "lower", "low")
    assert again.status_code == 409
    assert "reopen" in again.json()["detail"]
    assert again.json()["errors"][0]["code"] == "decided_before"


async def test_two_who_decide_at_once_make_one_decision(office: CaseOffice) -> None:
    case = await dispute(office)
    answers = await asyncio.gather(
        office.decide(case, "lower", "mid"), office.decide(case, "lower", "low")
    )
    assert sorted(each.status_code for each in answers) == [200, 409]
    assert await office.desk.pool.fetchval("SELECT count(*) FROM tier_labels") == 1


async def test_a_new_decision_takes_the_earlier_pin_back(office: CaseOffice) -> None:
    pins = FakePins()
    case = (await office.decide(await dispute(office), "lower", "low")).json()
    await deliver(office, pins)
    case = (await office.reopen(await office.walk(case, "answered"))).json()
    await office.walk(case, "answered")
    assert (await office.decide(case, "lower", "mid")).status_code == 200
    await deliver(office, pins)
    assert pins.standing == [("ceiling", "mid")]
    states = [each["pin"] for each in (await office.read(case))["decisions"]]
    assert states == ["made", "ended"]


@pytest.mark.parametrize("is_answer_lost", [False, True], ids=["never asked", "answer lost"])
async def test_a_superseded_decision_leaves_no_pin(
    office: CaseOffice, is_answer_lost: bool
) -> None:
    pins = FakePins(error=AWAY, is_answer_lost=is_answer_lost)
    case = (await office.decide(await dispute(office), "lower", "low")).json()
    if is_answer_lost:
        await deliver(office, pins)
    case = (await office.reopen(await office.walk(case, "answered"))).json()
    await office.decide(case, "keep", "high")
    pins.error = None
    await deliver(office, pins)
    assert pins.standing == []
    states = [each["pin"] for each in (await office.read(case))["decisions"]]
    assert states == ["none", "ended"]


async def test_two_workers_make_one_pin(office: CaseOffice) -> None:
    case, pins = await dispute(office), FakePins()
    await office.decide(case, "lower", "low")
    await asyncio.gather(deliver(office, pins), deliver(office, pins))
    assert pins.standing == [("ceiling", "low")]
    assert await pin_of(office, case) == "made"


@pytest.mark.parametrize(
    ("held", "decision", "status"),
    [("green", "raise", 200), ("gold", "raise", 422), ("gold", "keep", 200), (None, "raise", 200)],
)
async def test_the_tier_of_another_programme_is_the_one_decided_last(
    office: CaseOffice, held: str | None, decision: str, status: int
) -> None:
    pool = office.desk.pool
    await add_person(pool, 1, "c-1")
    await pool.execute(
        "INSERT INTO programme_versions (programme_key, version, status, document, created_at)"
        " VALUES ('coffee', 1, 'published', $1, now())",
        {"kind": "status", "tiers": [{"key": "green"}, {"key": "gold"}]},
    )
    if held is not None:
        await pool.execute(HOLDS, profile(1), held)
    case = await dispute(office)
    answer = await office.decide(case, decision, "gold", programme="coffee")
    assert answer.status_code == status, answer.text
    if status == 200:
        assert answer.json()["decisions"][0]["tier_held"] == held
    await forget_people(pool)
    await pool.execute("DELETE FROM tier_current; DELETE FROM live_releases")


async def test_the_erased_are_neither_named_nor_pinned(
    office: CaseOffice, platform: PlatformSettings
) -> None:
    pins = FakePins()
    case = await office.walk(await dispute(office, note="She is Ann"), "answered")
    await office.decide(case, "lower", "low", reason="Ann returned it all")
    removed = await forget(office.desk.pool, platform)
    assert removed["tier_labels"] == removed["cases"] == 1
    await deliver(office, pins)
    assert not pins.made
    told = await office.client.get(f"/v1/cases/{case['case_id']}")
    for word in ("c-1", "Ann", "answered so", "I spent more"):
        assert word not in told.text
    assert told.json()["decisions"][0]["tier_judged"] == "low"

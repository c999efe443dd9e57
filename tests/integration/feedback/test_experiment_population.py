"""What an experiment's progress is measured against: whom it can meet, counted at its start."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from shared.contracts.experiments import EXAMPLE_EXPERIMENT
from shared.ids import uuid7
from tests.integration.feedback.care_rows import (
    NOW,
    add_customer,
    add_segment,
    announce,
    empty_shop,
    make_playbook,
)
from tests.integration.feedback.life_rows import add_row

PEOPLE, HIGH, LOST = 60, 20, 5
HALVES = [{"key": "control", "share": 500}, {"key": "call", "share": 500}]
ALL_MONEY = {"amount": "30.00", "currency": "CNY"}  # ten calls a month


@pytest.fixture
async def people(pool: asyncpg.Pool) -> AsyncIterator[list[UUID]]:
    """Sixty customers: the first twenty of high value, five of these at risk."""
    await empty_shop(pool)
    await pool.execute("DELETE FROM feedback; DELETE FROM customer_sheets")
    yield [
        await add_customer(
            pool,
            number,
            tier="high" if number < HIGH else "low",
            lifecycle="at_risk" if number < LOST else "active",
        )
        for number in range(PEOPLE)
    ]
    await pool.execute("DELETE FROM feedback; DELETE FROM customer_sheets")


async def size(http: httpx.AsyncClient, playbook: dict[str, Any], **changes: Any) -> int:
    """Start an experiment about a playbook, and tell its audience's size."""
    made = await http.post("/v1/playbooks", json=make_playbook(**playbook))
    assert made.status_code == 201, made.text
    return await started(http, about={"kind": "playbook", "key": "calls"}, **changes)


async def started(http: httpx.AsyncClient, **changes: Any) -> int:
    design = {"sequential": {"days": 14}}
    written = EXAMPLE_EXPERIMENT | {"arms": HALVES, "design": design} | changes
    made = await http.post("/v1/experiments", json=written)
    assert made.status_code == 201, made.text
    answer = await http.post(f"/v1/experiments/{written['key']}/start")
    assert answer.status_code == 200, answer.text
    found: int = answer.json()["audience_size"]
    return found


@pytest.mark.parametrize(
    ("playbook", "design", "met"),
    [
        ({}, {"sequential": {"days": 14}}, PEOPLE),
        ({"audience": {"programme": "value", "tiers": ["high"]}}, {"fixed": {"days": 14}}, HIGH),
        # ten calls, and as many held out; the second month has its own ten
        ({"budget": ALL_MONEY}, {"sequential": {"days": 7}}, 20),
        ({"budget": ALL_MONEY}, {"sequential": {"days": 14}}, 40),
        ({"budget": ALL_MONEY}, {"sequential": {"days": 60}}, PEOPLE),
        ({"budget": {"amount": "1.00", "currency": "CNY"}}, {"sequential": {"days": 7}}, PEOPLE),
        ({"trigger": {"kind": "birthday"}}, {"sequential": {"days": 73}}, PEOPLE // 5),
        ({"trigger": {"kind": "win_back"}}, {"sequential": {"days": 14}}, LOST),
    ],
    ids=[
        "everybody", "tier", "budget", "two_budgets", "ample_budget", "no_money_for_anybody",
        "birthdays", "lost",
    ],
)  # fmt: skip
async def test_playbook_is_measured_by_whom_it_can_contact(
    http: httpx.AsyncClient,
    people: list[UUID],
    playbook: dict[str, Any],
    design: dict[str, Any],
    met: int,
) -> None:
    assert len(people) == PEOPLE
    assert await size(http, playbook, design=design) == met


async def test_money_that_is_spent_meets_nobody(
    http: httpx.AsyncClient, people: list[UUID], pool: asyncpg.Pool
) -> None:
    await spend(pool, people[0], 2100)
    assert await size(http, {"budget": ALL_MONEY}, design={"sequential": {"days": 7}}) == 6


async def test_segment_of_the_experiment_and_audience_of_the_playbook_both_bound_it(
    http: httpx.AsyncClient, people: list[UUID], pool: asyncpg.Pool
) -> None:
    await add_segment(pool, "some", people[:30])
    audience = {"audience": {"programme": "value", "tiers": ["high"]}}
    assert await size(http, audience, segment="some") == HIGH
    await pool.execute("DELETE FROM experiments; DELETE FROM playbooks")
    assert await size(http, {}, segment="some") == 30


async def test_entries_are_expected_as_they_came_lately(
    http: httpx.AsyncClient, people: list[UUID], pool: asyncpg.Pool
) -> None:
    trigger = {"trigger": {"kind": "entered", "segment": "some"}}
    await add_segment(pool, "some", [])
    assert await size(http, trigger) == PEOPLE, "nothing is known yet"
    await pool.execute("DELETE FROM experiments; DELETE FROM playbooks")
    for number, who in enumerate([*people[:3], people[0]]):
        await announce(pool, who, "segment.entered", {"segment": "some"}, number)
    await announce(pool, people[9], "segment.entered", {"segment": "other"}, 9)
    assert await size(http, trigger) == 3
    await pool.execute("DELETE FROM experiments; DELETE FROM playbooks")
    await pool.execute("UPDATE announcements SET at = $1", NOW - timedelta(days=15))
    assert await size(http, trigger) == PEOPLE


async def test_remarks_are_expected_as_they_came_lately(
    http: httpx.AsyncClient, people: list[UUID], pool: asyncpg.Pool
) -> None:
    assert len(people) == PEOPLE
    for customer, rating in (("c-1", 1), ("c-1", 2), ("c-2", 2), ("c-3", 5)):
        await remark(pool, customer, rating, NOW - timedelta(days=2))
    trigger = {"kind": "feedback", "feedback_kind": "csat", "at_most": 2}
    assert await size(http, {"trigger": trigger}) == 2


async def test_drops_are_those_of_now(
    http: httpx.AsyncClient, people: list[UUID], pool: asyncpg.Pool
) -> None:
    for who in people[:4]:
        sheet = {"lifecycle": "at_risk", "last_orders": date(2026, 6, 1), "days_0": 40}
        await add_row(
            pool, "customer_sheets", profile_id=who, version=1, business_date=NOW.date(), **sheet
        )
    assert await size(http, {"trigger": {"kind": "frequency_drop"}}) == 4


@pytest.mark.parametrize("about", [("tier", "high"), ("benefit", "tea")], ids=["tier", "benefit"])
async def test_benefit_is_measured_by_who_holds_it(
    http: httpx.AsyncClient, people: list[UUID], pool: asyncpg.Pool, about: tuple[str, str]
) -> None:
    assert len(people) == PEOPLE
    await pool.execute(
        "UPDATE programme_versions SET document = document || $1",
        {"benefits": [{"key": "tea", "tiers": ["high"]}]},
    )
    named = {"kind": about[0], "key": about[1], "programme": "value"}
    assert await started(http, about=named) == HIGH


async def spend(pool: asyncpg.Pool, who: UUID, cost: int) -> None:
    """Have the playbook `calls` spent money this month."""
    await pool.execute(
        "INSERT INTO tasks (task_id, once_key, customer_id, profile_id, playbook_key, kind,"
        " channel, title, details, priority, due_at, cost, currency, state, created_at,"
        " expires_at)"
        " VALUES ($1, 'x', 'c-0', $2, 'calls', 'call', 'phone', '{}', '{}', 1, $3,"
        " $4, 'CNY', 'open', $3, $3)",
        uuid7(), who, NOW, cost,
    )  # fmt: skip


async def remark(pool: asyncpg.Pool, customer: str, rating: int, at: datetime) -> None:
    """Have a customer rate something."""
    await pool.execute(
        "INSERT INTO feedback (feedback_id, customer_id, event_key, fingerprint, kind, channel,"
        " rating, occurred_at, received_at) VALUES ($1, $2, $5, '', 'csat', 'app', $3, $4, $4)",
        uuid7(),
        customer,
        rating,
        at,
        uuid7().bytes,
    )

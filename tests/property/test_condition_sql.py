"""A condition decides the same in Python for one and in SQL for all, on random trees and people."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.conditions.evaluate import evaluate
from services.scoring.domain.conditions.needs import Needs
from services.scoring.domain.conditions.parse import parse_condition
from services.scoring.domain.conditions.vocabulary import METRICS, STAGES, Unit
from services.scoring.queries.conditions.ask import Instant, Question
from services.scoring.queries.conditions.facts import Known, read_known
from services.scoring.usecases.segments.keep_sheets import keep_sheets, keep_standings
from shared.db import Limits, create_raw_pool
from tests.databases import Databases
from tests.segment_people import (
    CATEGORIES,
    CHANNELS,
    EVENTS,
    NOW,
    REGIONS,
    SKUS,
    STORES,
    TIERS,
    TODAY,
    People,
)

NEEDS = Needs(standing=True, sales=True, events=frozenset(EVENTS))
PURPOSES = ("service", "personalisation", "marketing")


@dataclass(slots=True)
class World:
    """People in a database, and what Python knows of them."""

    runner: asyncio.Runner
    pool: asyncpg.Pool
    known: list[Known]

    def in_sql(self, tree: dict[str, Any]) -> set[UUID]:
        return self.runner.run(self._ask(tree))

    async def _ask(self, tree: dict[str, Any]) -> set[UUID]:
        question = Question(parse_condition(tree), Instant(NOW, TODAY))
        async with self.pool.acquire() as connection:
            counted = await question.count(connection, sample=1000)
        assert not counted.stale
        assert counted.matching == len(counted.sample)
        return set(counted.sample)

    def in_python(self, tree: dict[str, Any]) -> set[UUID]:
        condition = parse_condition(tree)
        facts = (each.facts for each in self.known)
        return {each.profile_id for each in facts if evaluate(condition, each)}


async def open_world(url: str, seed: int) -> tuple[asyncpg.Pool, list[Known]]:
    pool = await create_raw_pool(url, Limits("tests", 60), size=2)
    async with pool.acquire() as connection:
        people = await People(connection, seed).write(80)
    await keep_sheets(pool, people, TODAY)
    await keep_standings(pool, people, TODAY, ZoneInfo("Asia/Shanghai"))
    known = await read_known(pool, people, TODAY, NEEDS)
    assert len(known) == len(people)
    assert all(each.is_fresh for each in known)
    return pool, known


@pytest.fixture(scope="module", params=[1, 2])
def world(databases: Databases, request: pytest.FixtureRequest) -> Iterator[World]:
    with databases.temporary() as url, asyncio.Runner() as runner:
        pool, known = runner.run(open_world(url, request.param))
        yield World(runner, pool, known)
        runner.run(pool.close())


def one(kind: str, **members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(members).map(lambda inner: {kind: inner})


scalars = st.sampled_from([*REGIONS, "vip", "1990", 1990, 1990.5, 1, 3, True, False, "zz"])
names = st.sampled_from(
    [
        "geography.region",
        "demography.birth_year",
        "tags",
        "newsletter",
        "geography",
        "none",
        "tags.0",
    ]
)


@st.composite
def attributes(draw: st.DrawFn) -> dict[str, Any]:
    op = draw(st.sampled_from(["eq", "ne", "in", "not_in", "lt", "gte", "between", "exists",
                               "contains", "prefix"]))  # fmt: skip
    asked: dict[str, Any] = {"name": draw(names), "op": op}
    if op in ("in", "not_in"):
        asked["value"] = draw(st.lists(scalars, min_size=1, max_size=3))
    elif op == "between":
        kind = draw(st.sampled_from([[1970, 1990.5], ["a", "p"], ["O", "東"], [1990, 1990]]))
        asked["value"] = kind
    elif op == "prefix":
        asked["value"] = draw(st.sampled_from(["e", "O", "東", "19", "ea"]))
    elif op in ("lt", "gte"):
        asked["value"] = draw(scalars.filter(lambda value: not isinstance(value, bool)))
    elif op != "exists":
        asked["value"] = draw(scalars)
    return {"attribute": asked}


@st.composite
def windows(draw: st.DrawFn) -> dict[str, Any]:
    dates = {"from": "2026-10-22", "to": "2026-11-20"}
    return draw(
        st.one_of(
            st.just({}),
            st.sampled_from([1, 7, 30, 45, 60, 365, 400]).map(lambda n: {"last_days": n}),
            st.sampled_from([dates, {"from": "2026-10-22"}, {"to": "2026-12-31"}]),
        )
    )


@st.composite
def metrics(draw: st.DrawFn) -> dict[str, Any]:
    name, op = (
        draw(st.sampled_from(sorted(METRICS))),
        draw(st.sampled_from(["eq", "ne", "lt", "lte", "gt", "gte", "between"])),
    )
    numbers = st.integers(-1, 4)
    if METRICS[name][1] is not Unit.COUNT:
        numbers = st.sampled_from([-1, 0, 2, 10])
    bounds = sorted((draw(numbers), draw(numbers)))
    value: Any = bounds if op == "between" else bounds[0]
    return {"metric": {"name": name, "op": op, "value": value, **draw(windows())}}


@st.composite
def wheres(draw: st.DrawFn) -> dict[str, Any]:
    known = {"channel": CHANNELS, "store": STORES, "category": CATEGORIES, "sku": SKUS}
    asked = draw(st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=3, unique=True))
    return {
        place: draw(st.lists(st.sampled_from(known[place]), min_size=1, max_size=2))
        for place in asked
    }


@st.composite
def happenings(draw: st.DrawFn) -> dict[str, Any]:
    event = draw(st.sampled_from(["order_completed", "order_refunded", "searched", *EVENTS]))
    asked: dict[str, Any] = {"event": event}
    if event == "order_completed" and draw(st.booleans()):
        asked["where"] = draw(wheres())
    if draw(st.booleans()):
        op = draw(st.sampled_from(["eq", "lte", "gt", "ne"]))
        return {"last_performed": {**asked, "op": op, "days": draw(st.sampled_from([0, 6, 30]))}}
    asked |= {"times": draw(st.integers(1, 3)), **draw(windows())}
    return {draw(st.sampled_from(["performed", "not_performed"])): asked}


leaves = st.one_of(
    attributes(),
    metrics(),
    happenings(),
    one("score", op=st.sampled_from(["eq", "gte", "lt"]), value=st.sampled_from([0, 0.5, 1, 2.25])),
    one("lifecycle", **{"in": st.lists(st.sampled_from(STAGES), min_size=1, max_size=3)}),
    one("tier", programme=st.sampled_from(["value", "x"]),
        **{"in": st.lists(st.sampled_from(TIERS), min_size=1, max_size=2)}),
    one("has_been", lifecycle=st.sampled_from(STAGES), at_least_days=st.integers(1, 120)),
    one("has_been", programme=st.just("value"), tier=st.sampled_from(TIERS),
        at_least_days=st.integers(1, 60)),
    one("consent", purpose=st.sampled_from(PURPOSES),
        **{"is": st.sampled_from(["granted", "withdrawn"])}),
    one("random_bucket", percent=st.sampled_from([0.5, 20, 50, 100]), seed=st.text(
        st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=5)),
)  # fmt: skip
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda items: {"all": items}),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: {"any": items}),
        inner.map(lambda item: {"not": item}),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(tree=st.one_of(leaves, trees))
def test_python_and_sql_decide_alike(world: World, tree: dict[str, Any]) -> None:
    assert world.in_sql(tree) == world.in_python(tree)


@pytest.mark.parametrize("stage", STAGES)
def test_people_are_in_stages_that_can_be_told_apart(world: World, stage: str) -> None:
    inside = world.in_sql({"lifecycle": {"in": [stage]}})
    assert len(inside) < len(world.known)
    assert inside == world.in_python({"lifecycle": {"in": [stage]}})

"""The audit log is read newest first, by who, what, to what and when."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.ingest.domain.audited import Noted
from shared.audit import Note, note
from tests.integration.ingest.conftest import Body, Shop

NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)
ACTS = (
    Note("ann", "pin.given", "p-1", {"reason": "told at the till"}),
    Note("ann", "publish_programme", "coffee", {"version": 2}),
    Note("bob", "pin.given", "p-2"),
    Note("ingest", "order.corrected", "order:00", {"old_net": 1}),
)


@pytest.fixture(autouse=True)
async def acts(shop: Shop) -> None:
    """Four acts, an hour apart."""
    async with shop.pool.acquire() as connection:
        for hour, act in enumerate(ACTS):
            await note(connection, act, at=NINE + timedelta(hours=hour))


async def listed(shop: Shop, **query: Any) -> Body:
    answer = await shop.http.get("/v1/audit", params=query)
    assert answer.status_code == 200, answer.text
    body: Body = answer.json()
    return body


def subjects(body: Body) -> list[str]:
    return [item["subject"] for item in body["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["p-2", "coffee", "p-1"]),
        ({"actor": "ann"}, ["coffee", "p-1"]),
        ({"action": "pin.given"}, ["p-2", "p-1"]),
        ({"action": "order.corrected"}, ["order:00"]),
        ({"actor": "ann", "action": "pin.given"}, ["p-1"]),
        ({"subject": "coffee"}, ["coffee"]),
        ({"since": "2026-11-22T10:00:00Z"}, ["p-2", "coffee"]),
        ({"until": "2026-11-22T18:00:00+08:00"}, ["p-1"]),
        ({"actor": "nobody"}, []),
    ],
    ids=str,
)
async def test_only_what_is_asked_for_is_listed(shop: Shop, query: Body, found: list[str]) -> None:
    assert subjects(await listed(shop, **query)) == found


async def test_pages_follow_each_other_without_gap(shop: Shop) -> None:
    first = await listed(shop, limit=2)
    rest = await listed(shop, limit=2, cursor=first["next_cursor"])
    assert subjects(first) + subjects(rest) == ["p-2", "coffee", "p-1"]
    assert rest["next_cursor"] is None


async def test_acts_of_one_instant_are_paged_too(shop: Shop) -> None:
    async with shop.pool.acquire() as connection:
        for number in range(4):
            await note(connection, Note("eve", "pin.ended", f"e-{number}"), at=NINE)
    first = await listed(shop, actor="eve", limit=3)
    rest = await listed(shop, actor="eve", limit=3, cursor=first["next_cursor"])
    assert sorted(subjects(first) + subjects(rest)) == ["e-0", "e-1", "e-2", "e-3"]


async def test_an_unknown_place_has_nothing_behind_it(shop: Shop) -> None:
    assert await listed(shop, cursor=str(UUID(int=7))) == {"items": [], "next_cursor": None}


async def test_an_act_is_told_in_words_with_its_reason(shop: Shop) -> None:
    (item,) = (await listed(shop, subject="p-1"))["items"]
    assert item["action_text"] == {"en": "Tier pinned", "zh": "锁定等级"}
    assert (item["actor"], item["reason"]) == ("ann", "told at the till")


async def test_only_administrators_read_it(shop: Shop) -> None:
    headers = {"Authorization": f"Bearer {await shop.key('customers:read')}"}
    assert (await shop.http.get("/v1/audit", headers=headers)).status_code == 403


@pytest.mark.parametrize("told", [None, "", 7])
def test_what_is_no_text_is_no_reason(told: object) -> None:
    noted = Noted(UUID(int=1), NINE, "ann", "merge", "m", {"reason": told})
    assert noted.reason is None

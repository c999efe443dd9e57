"""Pins and grants over HTTP: given, listed, taken back, each counted and written down."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from services.scoring.worker import Background
from tests.integration.scoring.conftest import Scoring, serving
from tests.shop_facts import profile_id
from tests.trained import NOW, no_report

PIN = {"programme": "value", "mode": "floor", "tier": "high", "reason": "Promised"}
GRANT = {"programme": "value", "kind": "invited", "tier": "mid", "reason": "Opening week"}
WHO = "/v1/customers/c-1"


async def give(scoring: Scoring, what: str, body: dict[str, Any], **headers: str) -> httpx.Response:
    return await scoring.client.post(f"{WHO}/{what}", json=body, headers=headers)


@pytest.mark.parametrize(("what", "body"), [("pins", PIN), ("grants", GRANT)])
async def test_what_was_given_is_listed_and_stays_listed_when_taken_back(
    scoring: Scoring, what: str, body: dict[str, Any]
) -> None:
    given = (await give(scoring, what, body)).json()
    key = given[f"{what[:-1]}_id"]
    ended = (await scoring.client.delete(f"{WHO}/{what}/{key}")).json()
    listed = (await scoring.client.get(f"{WHO}/{what}")).json()
    assert given | {"ended_at": ended["ended_at"], "ended_control_version": 2} == ended
    assert (given["ended_at"], given["control_version"]) == (None, 1)
    assert listed == {"items": [ended], "next_cursor": None}


async def test_taking_back_twice_changes_nothing(scoring: Scoring) -> None:
    key = (await give(scoring, "pins", PIN)).json()["pin_id"]
    first = await scoring.client.delete(f"{WHO}/pins/{key}")
    again = await scoring.client.delete(f"{WHO}/pins/{key}")
    assert (first.json(), again.status_code) == (again.json(), 200)


async def test_all_pins_of_a_programme_are_taken_back_at_once(scoring: Scoring) -> None:
    for mode in ("floor", "ceiling"):
        await give(scoring, "pins", PIN | {"mode": mode})
    ended = await scoring.client.delete(f"{WHO}/pins", params={"programme": "value"})
    left = await scoring.client.delete(f"{WHO}/pins", params={"programme": "value"})
    assert [each["mode"] for each in ended.json()["items"]] == ["floor", "ceiling"]
    assert left.json() == {"items": []}


async def test_one_key_gives_one_pin(scoring: Scoring) -> None:
    first = await give(scoring, "pins", PIN, **{"Idempotency-Key": "k"})
    again = await give(scoring, "pins", PIN, **{"Idempotency-Key": "k"})
    assert (first.json(), again.headers["Idempotent-Replayed"]) == (again.json(), "true")
    assert len((await scoring.client.get(f"{WHO}/pins")).json()["items"]) == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"tier": "gold"}, "/tier"),
        ({"programme": "nothing"}, "/programme"),
        ({"mode": "ground"}, "/mode"),
        ({"reason": ""}, "/reason"),
        ({"starts_at": "2001-01-01T00:00:00Z"}, "/starts_at"),
        ({"ends_at": "2001-01-01T00:00:00Z"}, "/ends_at"),
        ({"starts_at": "2090-01-01T00:00:00Z", "ends_at": "2089-01-01T00:00:00Z"}, "/ends_at"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_place(
    scoring: Scoring, changes: dict[str, str], pointer: str
) -> None:
    answer = await give(scoring, "pins", PIN | changes)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_a_status_that_began_elsewhere_may_be_brought_along(scoring: Scoring) -> None:
    body = GRANT | {"kind": "imported", "starts_at": "2001-01-01T00:00:00Z"}
    assert (await give(scoring, "grants", body)).status_code == 201


async def test_there_are_only_so_many_open_pins(scoring: Scoring) -> None:
    answers = [await give(scoring, "pins", PIN) for _ in range(51)]
    assert [answer.status_code for answer in answers].count(201) == 50
    assert answers[-1].json()["type"].endswith("too_many_controls")


@pytest.mark.parametrize("path", ["/v1/customers/nobody/pins", f"{WHO}/pins/{'0' * 32}"])
async def test_unknown_ones_are_not_found(scoring: Scoring, path: str) -> None:
    asked = scoring.client.delete if "0" in path else scoring.client.get
    assert (await asked(path)).status_code == 404


async def test_the_audit_is_in_the_order_of_the_counts(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    given = await asyncio.gather(*(give(scoring, "pins", PIN) for _ in range(8)))
    keys = [answer.json()["pin_id"] for answer in given]
    await asyncio.gather(*(scoring.client.delete(f"{WHO}/pins/{key}") for key in keys[:4]))
    rows = await pool.fetch(
        "SELECT action, (details ->> 'control_version')::int AS counted FROM audit_log"
        " WHERE action LIKE 'pin.%' ORDER BY audit_id"
    )
    assert [row["action"] for row in rows] == ["pin.given"] * 8 + ["pin.ended"] * 4
    assert [row["counted"] for row in rows] == list(range(1, 13))


async def test_the_next_read_shows_a_pin_and_the_one_after_its_end_does_not(
    scoring: Scoring,
) -> None:
    before = await scoring.tier("c-1")
    other = "low" if before["tier"]["key"] != "low" else "high"
    key = (await give(scoring, "pins", PIN | {"mode": "exact", "tier": other})).json()["pin_id"]
    pinned = await scoring.tier("c-1")
    await scoring.client.delete(f"{WHO}/pins/{key}")
    after = await scoring.tier("c-1")
    assert (pinned["tier"]["key"], pinned["status"]) == (other, "pinned")
    assert [each["code"] for each in pinned["reasons"][:2]] == ["pinned", "earned_tier"]
    assert [after[name] for name in ("tier", "status", "since")] == [
        before[name] for name in ("tier", "status", "since")
    ]


async def test_an_invitation_lifts_who_has_not_bought(scoring: Scoring, pool: asyncpg.Pool) -> None:
    await pool.execute(
        "INSERT INTO customers (profile_id, customer_id, version, created_at, updated_at)"
        " VALUES (gen_random_uuid(), 'new', 0, now(), now())"
    )
    await pool.execute(
        "INSERT INTO identifiers (kind, lookup_key, profile_id, linked_at)"
        " SELECT 'customer_id', 'new', profile_id, now() FROM customers WHERE customer_id = 'new'"
    )
    assert (await scoring.tier("new"))["tier"]["key"] == "low"
    await scoring.client.post("/v1/customers/new/grants", json=GRANT)
    granted = await scoring.tier("new")
    assert (granted["tier"]["key"], granted["status"]) == ("mid", "held")
    assert [each["code"] for each in granted["reasons"]] == [
        "granted", "earned_tier", "no_purchase_yet",
    ]  # fmt: skip


async def test_a_pin_ends_by_itself_and_history_says_so(scoring: Scoring, shop_url: str) -> None:
    before = await scoring.tier("c-1")
    other = "low" if before["tier"]["key"] != "low" else "high"
    ends = NOW + timedelta(hours=1)
    await give(scoring, "pins", PIN | {"mode": "exact", "tier": other, "ends_at": ends.isoformat()})
    await scoring.tier("c-1")
    async with serving(shop_url, (NOW + timedelta(hours=2)).isoformat()) as later:
        after = await later.tier("c-1")
        listed = (await later.client.get(f"{WHO}/tier/history")).json()["items"]
    assert (after["tier"], after["since"]) == (before["tier"], f"{ends:%Y-%m-%dT%H:%M:%SZ}")
    assert [each["reason"] for each in listed[:2]] == ["pin_ended", "pinned"]


async def ways_of_asking(scoring: Scoring) -> list[dict[str, Any]]:
    """Ask for a tier in every way there is, without what only a session tells."""
    asked = {"customer": {"customer_id": "c-1"}, "channel": "web", "include": ["reasons"]}
    begun = await scoring.client.post("/v1/sessions", json=asked | {"programmes": ["value"]})
    batch = await scoring.client.post(
        "/v1/tiers/query", json={"customer_ids": ["c-1"], "programme": "value"}
    )
    (session,), (among,) = begun.json()["tiers"], batch.json()["answers"]
    own = {name: session[name] for name in session if name not in ("pinned", "current")}
    return [await scoring.tier("c-1"), own, among]


@pytest.mark.parametrize(
    ("what", "body"), [("pins", PIN | {"mode": "exact"}), ("grants", GRANT | {"tier": "high"})]
)
async def test_every_answer_says_when_a_tier_given_by_hand_ends(
    scoring: Scoring, pool: asyncpg.Pool, what: str, body: dict[str, Any]
) -> None:
    await pool.execute("DELETE FROM customer_day WHERE profile_id = $1", profile_id(1))
    ends = NOW + timedelta(days=3)
    await give(scoring, what, body | {"ends_at": ends.isoformat()})
    told = await ways_of_asking(scoring)
    assert (told[0]["tier"]["key"], told[0]["valid_until"]) == (
        "high",
        f"{ends:%Y-%m-%dT%H:%M:%SZ}",
    )
    assert told[1:] == told[:1] * 2
    stored = await pool.fetchrow(
        "SELECT status, valid_until FROM tier_current WHERE profile_id = $1", profile_id(1)
    )
    assert tuple(stored) == ("pinned" if what == "pins" else None, ends)


STORED = """
SELECT profile_id, rank, tier_key, since, lifecycle, score, state, inputs_hash, answer,
    next_change_at, status, valid_until
FROM tier_current WHERE release_id = (SELECT release_id FROM live_releases
    WHERE programme_key = 'value') ORDER BY profile_id
"""


async def test_a_sweep_and_a_read_store_the_same_of_pinned_customers(
    scoring: Scoring, pool: asyncpg.Pool, background: Background
) -> None:
    ends = (NOW + timedelta(hours=1)).isoformat()
    for number in range(1, 9):
        mode = ("floor", "ceiling", "exact")[number % 3]
        body = PIN | {"mode": mode, "tier": ("low", "mid", "high")[number % 2], "ends_at": ends}
        await scoring.client.post(f"/v1/customers/c-{number}/pins", json=body)
        await scoring.tier(f"c-{number}")
    read = [tuple(row) for row in await pool.fetch(STORED)]
    timelines = await pool.fetch("SELECT * FROM tier_timeline ORDER BY profile_id, at")
    await pool.execute("UPDATE tier_current SET decided_control_version = -1")
    await background.sweeper.sweep_again()
    assert [tuple(row) for row in await pool.fetch(STORED)] == read
    assert await pool.fetch("SELECT * FROM tier_timeline ORDER BY profile_id, at") == timelines
    assert (
        sum(row["next_change_at"] == NOW + timedelta(hours=1) for row in await pool.fetch(STORED))
        == 8
    )


async def test_a_new_release_keeps_pins(
    scoring: Scoring, pool: asyncpg.Pool, background: Background
) -> None:
    await give(scoring, "pins", PIN | {"mode": "exact", "tier": "high"})
    await give(scoring, "pins", PIN | {"mode": "ceiling", "tier": "low"})
    await background.trainer.train(no_report)
    stored = await pool.fetchval(
        "SELECT t.answer FROM tier_current t JOIN customers c USING (profile_id)"
        " JOIN live_releases l USING (programme_key, release_id) WHERE c.customer_id = 'c-1'"
    )
    assert json.loads(stored + b"}")["tier"]["key"] == "high"
    assert (await scoring.tier("c-1"))["status"] == "pinned"


async def test_an_explanation_explains_what_is_earned(scoring: Scoring) -> None:
    path = f"{WHO}/explanation"
    before = (await scoring.client.get(path)).json()
    other = "low" if before["tier"]["tier"]["key"] != "low" else "high"
    await give(scoring, "pins", PIN | {"mode": "exact", "tier": other})
    after = (await scoring.client.get(path)).json()
    assert after["tier"]["tier"]["key"] == other
    assert after["tier"]["text"]["en"] == (
        f"{before['tier']['text']['en']} A pin or a grant shows the tier above at present."
    )
    assert after["summary"] == before["summary"]

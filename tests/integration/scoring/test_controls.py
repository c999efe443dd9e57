"""Pins and grants over HTTP: given, listed, taken back, each counted and written down."""

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest

from tests.integration.scoring.conftest import Scoring

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

"""Bodies through a real app: strict types, 422 with pointers, and no word of the input."""

import json
from typing import Any

import httpx
import pytest

CANARY = "canary-4711"


async def wash(client: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    return await client.post("/v1/cups", json={"id": "cup-1"} | fields)


async def raw(client: httpx.AsyncClient, body: str | bytes) -> httpx.Response:
    return await client.post("/v1/cups", content=body, headers={"Content-Type": "application/json"})


async def test_a_good_body_reaches_the_route(client: httpx.AsyncClient) -> None:
    answer = await wash(client, price="12.37", at="2026-11-21T12:23:46+08:00")
    assert answer.json()["at"] == "2026-11-21T04:23:46Z"


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"id": ""}, "/id", "empty"),
        ({"id": " x"}, "/id", "bad_identifier"),
        ({"id": "x" * 10_000}, "/id", "too_long"),
        ({"id": 7}, "/id", "wrong_type"),
        ({"id": None}, "/id", "wrong_type"),
        ({"count": True}, "/count", "wrong_type"),
        ({"count": "12"}, "/count", "wrong_type"),
        ({"count": 1.0}, "/count", "wrong_type"),
        ({"count": "1_000"}, "/count", "wrong_type"),
        ({"weight": False}, "/weight", "wrong_type"),
        ({"weight": "0.5"}, "/weight", "wrong_type"),
        ({"is_hot": 1}, "/is_hot", "wrong_type"),
        ({"is_hot": "yes"}, "/is_hot", "wrong_type"),
        ({"at": "2026-11-21T12:23:46"}, "/at", "bad_instant"),
        ({"at": 1_700_000_000}, "/at", "bad_instant"),
        ({"day": "2026-02-30"}, "/day", "bad_date"),
        ({"currency": "yuan"}, "/currency", "bad_currency"),
        ({"price": 0.1}, "/price", "wrong_type"),
        ({"price": "1e3"}, "/price", "bad_decimal"),
        ({"price": "１"}, "/price", "bad_decimal"),
        ({"price": "-1"}, "/price", "negative"),
        ({"price": "-0"}, "/price", "bad_decimal"),
        ({"price": "1.23456"}, "/price", "wrong_exponent"),
        ({"price": "9" * 30}, "/price", "out_of_range"),
        ({"quantity": "1.2345"}, "/quantity", "wrong_exponent"),
        ({"tier": "high"}, "", "unknown_field"),
        ({"is_admin": True}, "", "unknown_field"),
        ({"__proto__": {}}, "", "unknown_field"),
        ({"customer": {"nickname": "x"}}, "/customer", "unknown_field"),
        ({"customer": {"phone": "12"}}, "/customer/phone", "bad_phone"),
        ({"customer": {"email": "x@"}}, "/customer/email", "bad_email"),
        ({"customer": []}, "/customer", "wrong_type"),
        ({"properties": {"a": "x" * 40_000}}, "/properties", "too_large"),
        ({"properties": []}, "/properties", "wrong_type"),
    ],
)
async def test_a_faulty_field_is_422_with_its_pointer(
    client: httpx.AsyncClient, fields: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await wash(client, **fields)
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "1", "true"])
async def test_a_body_that_is_no_object_is_422(client: httpx.AsyncClient, body: str) -> None:
    answer = await raw(client, body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0] == {
        "pointer": "",
        "code": "wrong_type",
        "message": "must be an object",
    }


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        (b'{"id":"\xff"}', 400, "bad_encoding"),
        (rb'{"id":"\ud800"}', 400, "bad_encoding"),
        (rb'{"id":"a\u0000"}', 400, "nul_character"),
        (b'{"id":"a","weight":NaN}', 400, "not_a_number"),
        (b'{"id":"a","count":1e400}', 422, "out_of_range"),
        (b'{"id":"a","count":9223372036854775808}', 422, "out_of_range"),
        (b'{"id":"a","id":"b"}', 400, "duplicate_key"),
        (b'{"id":"a","properties":' + b"[" * 33 + b"]" * 33 + b"}", 400, "too_deep"),
        (b"", 400, "bad_json"),
    ],
)
async def test_an_unreadable_body_has_its_own_slug(
    client: httpx.AsyncClient, body: bytes, status: int, slug: str
) -> None:
    answer = await raw(client, body)
    assert (answer.status_code, answer.json()["type"]) == (
        status,
        f"tag:tierline,2026:problem/{slug}",
    )


@pytest.mark.parametrize(
    "body",
    [
        {"id": f"{CANARY}\u202e"},
        {"id": "x", CANARY: 1},
        {"id": "x", "properties": CANARY},
        {"id": "x", "customer": {CANARY: {CANARY: CANARY}}},
        {"id": "x", "customer": {"external": {CANARY: 7}}},
        {"id": "x", "customer": {"external": {"shop": CANARY * 20}}},
        {"id": "x", "currency": CANARY},
        {"id": "x", "at": CANARY},
        {"id": "x", "price": CANARY},
        [CANARY],
    ],
)
async def test_the_answer_never_repeats_the_input(client: httpx.AsyncClient, body: Any) -> None:
    answer = await client.post("/v1/cups", json=body)
    assert answer.status_code == 422
    assert CANARY not in answer.text
    assert CANARY not in str(answer.headers)


async def test_a_pointer_ends_before_a_foreign_name(client: httpx.AsyncClient) -> None:
    answer = await wash(client, customer={"external": {CANARY: 7}})
    assert answer.json()["errors"][0]["pointer"] == "/customer/external"


async def test_faults_are_counted_out(client: httpx.AsyncClient) -> None:
    many = {f"unknown{n}": 1 for n in range(200)}
    answer = await wash(client, price=1, count="x", **many)
    assert len(answer.json()["errors"]) == 3
    assert len(json.dumps(answer.json())) < 2000

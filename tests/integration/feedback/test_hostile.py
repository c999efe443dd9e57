"""The hostile table (rows 1-16, 21-24) on feedback's routes: its answer, nothing stored."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest

from shared.key_rows import Grant, add_key, list_keys, revoke_key
from shared.keys import KeyKind, new_key
from tests.integration.feedback.test_give import make_feedback

MIB = 1024 * 1024
JSON_TYPE = {"Content-Type": "application/json"}
VALID = json.dumps(make_feedback()).encode()


def with_field(name: str, text: str) -> bytes:
    """Write a body whose one field is this JSON text, well formed or not."""
    return VALID[:-1] + f', "{name}": {text}}}'.encode()


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    return body


async def refused(http: httpx.AsyncClient, pool: asyncpg.Pool, body: bytes, status: int) -> None:
    answer = await asyncio.wait_for(http.post("/v1/feedback", content=body, headers=JSON_TYPE), 10)
    problem(answer, status)
    assert await pool.fetchval("SELECT count(*) FROM feedback") == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b" " * (MIB + 1), 413, id="1-too-long"),
        pytest.param(b"\xef\xbb\xbf" + VALID, 400, id="3-bom"),
        pytest.param(with_field("text", '"').replace(b': "}', b': "\xff"}'), 400, id="4-utf8"),
        pytest.param(with_field("text", r'"\ud800"'), 400, id="4-lone-surrogate"),
        pytest.param(with_field("text", r'"a\u0000b"'), 400, id="5-nul"),
        pytest.param(with_field("properties", r'{"a\u0000": 1}'), 400, id="5-nul-in-name"),
        pytest.param(b'{"kind": "csat", "rating": NaN}', 400, id="6-nan"),
        pytest.param(b'{"kind": "csat", "rating": 1e400}', 422, id="6-infinite"),
        pytest.param(b'{"kind": "csat", "rating": 9223372036854775808}', 422, id="7-too-large"),
        pytest.param(b'{"kind": "csat", "rating": ' + b"9" * 900_000 + b"}", 422, id="7-digits"),
        pytest.param(b'{"kind": "csat", "kind": "nps", "rating": 5}', 400, id="11-twice"),
        pytest.param(b"[" * 200_000, 400, id="12-nesting"),
        pytest.param(with_field("properties", '{"a":' * 40 + "1" + "}" * 40), 400, id="12-deep"),
        pytest.param(b"not json", 400, id="no-json"),
        pytest.param(b"[]", 422, id="no-object"),
        pytest.param(b"", 400, id="empty"),
    ],
)
async def test_unreadable_bodies(
    http: httpx.AsyncClient, pool: asyncpg.Pool, body: bytes, status: int
) -> None:
    await refused(http, pool, body, status)


@pytest.mark.parametrize(
    "changes",
    [
        {"rating": True},
        {"rating": "5"},
        {"rating": 4.5},
        {"rating": 0},
        {"rating": 6},
        {"rating": None},
        {"kind": "nps", "rating": 11},
        {"kind": "nps", "rating": -1},
        {"kind": "ces", "rating": 8},
        {"kind": "review", "rating": 5},
        {"kind": "review", "rating": 5, "text": "   "},
        {"kind": "complaint", "rating": None},
        {"kind": "complaint", "rating": 1, "text": "cold"},
        {"kind": "praise"},
        {"channel": "fax"},
        {"tier": "high"},
        {"tier_held": {}},
        {"is_admin": True},
        {"__proto__": {}},
        {"customer": {"tier": "high"}},
        {"customer": "c-1"},
        {"customer": {"customer_id": ""}},
        {"customer": {"customer_id": " c-1"}},
        {"customer": {"customer_id": "c" * 129}},
        {"customer": {"customer_id": "c\u202e1"}},
        {"customer": {"customer_id": "c\u200b1"}},
        {"customer": {"customer_id": "c\n1"}},
        {"customer": {"phone": "13800138000"}},
        {"customer": {"email": "nobody"}},
        {"order_id": ""},
        {"text": "x" * 10_001},
        {"kind": "text", "rating": None},
        {"offer_key": "o-1", "answer": "accepted"},
        {"kind": "offer_response", "rating": None, "offer_key": "o-1"},
        {"kind": "offer_response", "rating": None, "answer": "accepted"},
        {"kind": "offer_response", "rating": None, "offer_key": "o-1", "answer": "maybe"},
        {"language": "en_US"},
        {"language": "en" + "-abcdefgh" * 9},
        {"properties": {"a": "x" * 33_000}},
        {"properties": []},
        {"occurred_at": "2026-11-21"},
        {"occurred_at": "2026-11-21T12:00:00"},
        {"occurred_at": 1_795_000_000},
        {"occurred_at": "2026-11-21T23:59:60Z"},
        {"occurred_at": "9999-12-31T23:59:00-12:00"},
        {"occurred_at": "0000-01-01T00:00:00Z"},
        {"occurred_at": "2026-02-30T00:00:00Z"},
        {"occurred_at": "1989-12-31T00:00:00Z"},
        {"occurred_at": "2026-11-25T00:00:00Z"},
    ],
    ids=str,
)
async def test_fields_that_break_a_rule(
    http: httpx.AsyncClient, pool: asyncpg.Pool, changes: dict[str, object]
) -> None:
    await refused(http, pool, json.dumps(make_feedback(**changes)).encode(), 422)


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"rating": 6}, "/rating", "rating_out_of_range"),
        ({"rating": None}, "/rating", "rating_missing"),
        ({"kind": "complaint", "text": "cold"}, "/rating", "rating_not_allowed"),
        ({"kind": "suggestion", "rating": None}, "/text", "text_missing"),
        ({"text": "x" * 1_000_000}, "/text", "too_long"),
        ({"answer": "accepted"}, "/answer", "offer_not_allowed"),
    ],
    ids=["range", "missing", "not-allowed", "no-text", "a-million-letters", "no-offer"],
)
async def test_a_rule_of_a_kind_names_the_field(
    http: httpx.AsyncClient, changes: dict[str, object], pointer: str, code: str
) -> None:
    (fault,) = problem(await http.post("/v1/feedback", json=make_feedback(**changes)), 422)[
        "errors"
    ]
    assert (fault["pointer"], fault["code"]) == (pointer, code)


async def test_a_fault_names_the_field_and_never_repeats_the_input(http: httpx.AsyncClient) -> None:
    body = make_feedback(rating="secret-5", customer={"phone": "13911112222"})
    answer = await http.post("/v1/feedback", json=body)
    faults = problem(answer, 422)["errors"]
    assert {fault["pointer"] for fault in faults} == {"/rating", "/customer/phone"}
    assert "secret-5" not in answer.text
    assert "13911112222" not in answer.text


@pytest.mark.parametrize(
    "content_type",
    [None, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16"],
)
async def test_other_media_types(http: httpx.AsyncClient, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    problem(await http.post("/v1/feedback", content=VALID, headers=headers), 415)


async def _chunks() -> AsyncIterator[bytes]:
    for _ in range(17):
        yield b" " * (MIB // 16)


async def test_a_body_without_length_is_counted_as_it_comes(http: httpx.AsyncClient) -> None:
    problem(await http.post("/v1/feedback", content=_chunks(), headers=JSON_TYPE), 413)


@pytest.mark.parametrize(
    ("packed", "status"),
    [
        (gzip.compress(VALID), 201),
        (gzip.compress(b" " * 20 * MIB), 413),
        (gzip.compress(VALID)[:-4], 400),
        (gzip.compress(gzip.compress(VALID)), 400),
    ],
    ids=["plain", "bomb", "truncated", "nested"],
)
async def test_packed_bodies(http: httpx.AsyncClient, packed: bytes, status: int) -> None:
    headers = JSON_TYPE | {"Content-Encoding": "gzip"}
    answer = await http.post("/v1/feedback", content=packed, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize(
    "name", ["'; DROP TABLE feedback; --", "../../etc/passwd", "☕", "1 OR 1=1"]
)
async def test_strange_ids_are_data(http: httpx.AsyncClient, name: str) -> None:
    body = make_feedback(customer={"customer_id": name}, feedback_id=name)
    assert (await http.post("/v1/feedback", json=body)).status_code == 201
    (item,) = (await http.get("/v1/feedback", params={"customer_id": name})).json()["items"]
    assert item["customer_id"] == name


async def test_one_person_in_two_unicode_forms_is_one(http: httpx.AsyncClient) -> None:
    await http.post("/v1/feedback", json=make_feedback(customer={"customer_id": "e\u0301"}))
    found = await http.get("/v1/feedback", params={"customer_id": "\u00e9"})
    assert len(found.json()["items"]) == 1


@pytest.mark.parametrize(
    "key",
    [None, "tl_sk_short", new_key(), "Basic dDp0"],
    ids=["none", "short", "unknown", "basic"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_without_a_valid_key(http: httpx.AsyncClient, method: str, key: str | None) -> None:
    http.headers.pop("Authorization")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    answer = await http.request(method, "/v1/feedback", headers=headers)
    assert problem(answer, 401)["type"].endswith("/unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_revoked_key_gets_the_same_answer(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await revoke_key(pool, (await list_keys(pool))[0].key_id)
    problem(await http.get("/v1/feedback"), 401)


@pytest.mark.parametrize("key_place", ["/v1/feedback?key={}", "/v1/feedback?api_key={}"])
async def test_a_key_in_the_address(http: httpx.AsyncClient, key_place: str) -> None:
    answer = await http.get(key_place.format(new_key()))
    assert "revoke" in problem(answer, 400)["detail"]


@pytest.mark.parametrize(
    ("grant", "method"),
    [
        (Grant("writer", frozenset({"feedback:write"}), "s"), "GET"),
        (Grant("reader", frozenset({"feedback:read"}), "s"), "POST"),
        (Grant("page", frozenset({"browse:write"}), "s", KeyKind.PUBLISHABLE), "GET"),
        (Grant("page", frozenset({"browse:write"}), "s", KeyKind.PUBLISHABLE), "POST"),
    ],
)
async def test_a_key_without_the_scope(
    http: httpx.AsyncClient, pool: asyncpg.Pool, grant: Grant, method: str
) -> None:
    key = new_key(grant.kind)
    await add_key(pool, key, grant)
    headers = {"Authorization": f"Bearer {key}"}
    answer = await http.request(method, "/v1/feedback", headers=headers, json=make_feedback())
    problem(answer, 403)


@pytest.mark.parametrize("key", ["x" * 300, "a b", ""])
async def test_a_bad_idempotency_key(http: httpx.AsyncClient, key: str) -> None:
    headers = {"Idempotency-Key": key}
    problem(await http.post("/v1/feedback", json=make_feedback(), headers=headers), 400)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("DELETE", "/v1/feedback", 405),
        ("GET", "/v1/feedback/1", 404),
        ("GET", "/v1/feedback?customer_id=%00", 400),
        ("GET", "/v1/feedback?customer_id=%ff", 400),
        ("GET", "/v1/%00", 400),
    ],
)
async def test_other_addresses(
    http: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    problem(await http.request(method, path), status)

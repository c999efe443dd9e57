"""Sessions: every programme in one answer, tiers kept in the token, pages told their own only."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from services.scoring.app import create_app
from services.scoring.settings import ScoringSettings
from services.scoring.usecases.steady.places import snapshot_key
from services.scoring.usecases.steady.write_snapshot import write_snapshot
from shared.clock import clock_from
from shared.contracts.session import OwnTiers, SessionAnswer
from tests.integration.scoring.conftest import Scoring, serving
from tests.servers import add_key
from tests.trained import platform_of

C1 = {"customer": {"customer_id": "c-1"}, "channel": "web"}


async def opened(scoring: Scoring, **body: Any) -> dict[str, Any]:
    answer = await scoring.client.post("/v1/sessions", json=C1 | body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    SessionAnswer.model_validate(told)
    return told


async def own(scoring: Scoring, token: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return await scoring.client.get("/v1/session/tier", headers=headers)


async def make_public(pool: asyncpg.Pool) -> None:
    """Let the shop's only programme be one that customers see."""
    await pool.execute("UPDATE programmes SET audience = 'customer_facing'")


async def lower(pool: asyncpg.Pool, to: str, rank: int) -> None:
    """Have the stored answer of c-1 name another tier, as a later decision would."""
    await pool.execute(
        """
        UPDATE tier_current SET rank = $2::int, tier_key = $1, answer = convert_to(regexp_replace(
            convert_from(answer, 'UTF8'), '"tier":{"key":"[a-z]+","rank":[0-9]',
            format('"tier":{"key":"%s","rank":%s', $1::text, $2::int)), 'UTF8')
        WHERE profile_id = (SELECT profile_id FROM customers WHERE customer_id = 'c-1')
        """,
        to,
        rank,
    )


async def test_a_session_tells_what_the_tier_read_tells(scoring: Scoring) -> None:
    read = await scoring.tier("c-1")
    told = await opened(scoring, include=["reasons"])
    (tier,) = told["tiers"]
    assert {name: tier[name] for name in read} == read
    assert tier["pinned"] == tier["current"] == read["tier"]
    assert (told["customer_id"], told["known"]) == ("c-1", True)


async def test_reasons_are_told_only_when_asked_for(scoring: Scoring) -> None:
    (tier,) = (await opened(scoring))["tiers"]
    assert "reasons" not in tier


async def test_other_parts_are_told_only_when_asked_for(scoring: Scoring) -> None:
    plain = await opened(scoring)
    assert not {"entitlements", "segments", "events"} & set(plain)
    full = await opened(scoring, include=["entitlements", "segments"])
    (entitled,) = full["entitlements"]
    assert (entitled["programme"], entitled["benefits"], full["segments"]) == ("value", [], [])


async def test_an_unknown_customer_gets_a_session_too(scoring: Scoring) -> None:
    told = await opened(scoring, customer={"loyalty_account": "nobody"})
    assert (told["known"], told["customer_id"]) == (False, None)
    assert told["tiers"][0]["pinned"]["rank"] == 0


async def test_any_identifier_finds_the_customer(scoring: Scoring) -> None:
    named = {"customer_id": "new-name", "external": {"crm": "1"}}
    unknown = await opened(scoring, customer=named)
    assert unknown["known"] is False
    known = await opened(scoring, customer={"external": {"crm": "1"}}, anonymous_id="nobody")
    assert known["known"] is False  # neither is linked to anybody
    both = await opened(scoring, anonymous_id="nobody")
    assert (both["known"], both["customer_id"]) == (True, "c-1")


async def test_a_fallen_tier_is_kept_and_a_risen_one_taken(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await scoring.tier("c-1")
    await lower(pool, "mid", 1)
    begun = await opened(scoring)
    await lower(pool, "low", 0)
    kept = await opened(scoring, token=begun["token"])
    assert kept["session_id"] == begun["session_id"]
    (tier,) = kept["tiers"]
    assert (tier["pinned"]["key"], tier["current"]["key"]) == ("mid", "low")
    await lower(pool, "high", 2)
    (risen,) = (await opened(scoring, token=kept["token"]))["tiers"]
    assert (risen["pinned"]["key"], risen["current"]["key"]) == ("high", "high")
    await lower(pool, "low", 0)
    (fresh,) = (await opened(scoring))["tiers"]
    assert fresh["pinned"]["key"] == "low"


async def test_a_token_alone_goes_on_with_a_session(scoring: Scoring) -> None:
    begun = await opened(scoring)
    body = {"channel": "app", "token": begun["token"]}
    told = (await scoring.client.post("/v1/sessions", json=body)).json()
    assert (told["session_id"], told["customer_id"]) == (begun["session_id"], "c-1")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"channel": "web"}, "", "missing"),
        ({**C1, "token": "a.b.c"}, "/token", "session_ended"),
        ({**C1, "channel": "fax"}, "/channel", ""),
        ({**C1, "include": ["score"]}, "/include/0", ""),
        ({**C1, "events": []}, "/events", ""),
        ({**C1, "tier": "gold"}, "", ""),
    ],
    ids=lambda value: str(value)[:20] if isinstance(value, str) else "",
)
async def test_what_cannot_be_a_session_is_refused(
    scoring: Scoring, body: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await scoring.client.post("/v1/sessions", json=body)
    assert answer.status_code == 422
    (fault, *_) = answer.json()["errors"]
    assert fault["pointer"] == pointer
    assert not code or fault["code"] == code


async def test_a_token_of_another_customer_is_refused(scoring: Scoring) -> None:
    token = (await opened(scoring))["token"]
    body = {**C1, "customer": {"customer_id": "c-2"}, "token": token}
    answer = await scoring.client.post("/v1/sessions", json=body)
    assert answer.json()["errors"][0]["code"] == "other_customer"


async def test_an_unknown_programme_is_404(scoring: Scoring) -> None:
    answer = await scoring.client.post("/v1/sessions", json=C1 | {"programmes": ["none"]})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("scopes", "body", "status"),
    [
        (["tier:read"], {}, 200),
        (["events:write"], {}, 403),
        (["tier:read"], {"events": [{}]}, 403),
        (["tier:read", "events:write"], {"events": [{}]}, 200),
    ],
    ids=["reading", "no reading", "no writing", "both"],
)
async def test_events_need_a_scope_of_their_own(
    scoring: Scoring, scopes: list[str], body: dict[str, Any], status: int
) -> None:
    headers = {"Authorization": f"Bearer {add_key(scoring.url, *scopes)}"}
    answer = await scoring.client.post("/v1/sessions", json=C1 | body, headers=headers)
    assert answer.status_code == status


async def test_without_ingest_the_answer_stands_and_says_to_send_again(scoring: Scoring) -> None:
    told = await opened(scoring, events=[{"event_id": "e-1"}])  # ingest runs nowhere here
    assert told["known"] is True
    assert (told["events"]["status"], told["events"]["retryable"]) == ("not_accepted", True)


async def test_a_page_is_told_its_own_tier_and_nothing_of_ours(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await make_public(pool)
    begun = await opened(scoring)
    answer = await own(scoring, begun["token"])
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    OwnTiers.model_validate(answer.json())
    (tier,) = answer.json()["tiers"]
    assert set(tier) == {
        *("programme", "tier", "current", "since", "valid_until"),
        *("status", "progress", "as_of", "stale"),
    }
    assert tier["tier"] == begun["tiers"][0]["pinned"]
    for secret in ("c-1", "score", "model", "release", "reasons", "lifecycle", "segments"):
        assert secret not in answer.text


async def test_a_page_is_told_nothing_of_internal_programmes(scoring: Scoring) -> None:
    answer = await own(scoring, (await opened(scoring))["token"])
    assert (answer.json()["tiers"], answer.json()["entitlements"]) == ([], [])


@pytest.mark.parametrize("token", ["", "a.b.c", "tl_sk_" + "A" * 43, "A" * 9000, "é"])
async def test_a_page_without_a_good_token_gets_one_and_the_same_401(
    scoring: Scoring, token: str
) -> None:
    answer = await scoring.client.get(
        "/v1/session/tier", headers=[(b"Authorization", f"Bearer {token}".encode())]
    )
    expected = {"status": 401, "title": "A session that still runs is needed"}
    assert {name: answer.json()[name] for name in expected} == expected
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_session_token_opens_no_other_door(scoring: Scoring) -> None:
    headers = {"Authorization": f"Bearer {(await opened(scoring))['token']}"}
    for path in ("/v1/customers/c-1/tier", "/v1/customers/c-2/tier", "/v1/programmes"):
        assert (await scoring.client.get(path, headers=headers)).status_code == 401
    again = await scoring.client.post("/v1/sessions", json=C1, headers=headers)
    assert again.status_code == 401


SHOP, EVIL = "https://shop.example", "https://evil.example"


@pytest.fixture
async def browser(shop_url: str) -> AsyncIterator[httpx.AsyncClient]:
    settings = ScoringSettings(cors_origins=SHOP)
    app = create_app(settings, platform_of(shop_url))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://s") as client,
    ):
        yield client


@pytest.mark.parametrize(("origin", "shown"), [(SHOP, SHOP), (EVIL, None)])
async def test_only_the_shops_pages_may_ask(
    browser: httpx.AsyncClient, origin: str, shown: str | None
) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    preflight = await browser.options("/v1/session/tier", headers=asked)
    answer = await browser.get("/v1/session/tier", headers={"Origin": origin})
    for each in (preflight, answer):
        assert each.headers.get("Access-Control-Allow-Origin") == shown
        assert "Access-Control-Allow-Credentials" not in each.headers
    assert (preflight.headers.get("Access-Control-Allow-Methods") == "GET") == (shown is not None)
    other = await browser.post("/v1/sessions", headers={"Origin": SHOP})
    assert "Access-Control-Allow-Origin" not in other.headers


async def test_sessions_go_on_while_the_database_is_away(
    shop_url: str, pool: asyncpg.Pool, tmp_path: Path
) -> None:
    await make_public(pool)
    path, platform = tmp_path / "last-known", platform_of(shop_url)
    key, clock = snapshot_key(platform.secrets), clock_from(platform.business_now)
    await write_snapshot(pool, path, key, clock)
    async with serving(shop_url, settings=ScoringSettings(snapshot_file=str(path))) as scoring:
        begun = await opened(scoring)
        for part in ("sessions", "desk"):
            await getattr(scoring.app.state, part).close()
        await scoring.app.state.pool.close()
        told = await opened(scoring, token=begun["token"], include=["entitlements", "segments"])
        (tier,) = told["tiers"]
        assert (tier["stale"], tier["pinned"]) == (True, begun["tiers"][0]["pinned"])
        assert (told["known"], told["segments"]) == (True, None)
        seen = (await own(scoring, told["token"])).json()
        assert (seen["tiers"][0]["stale"], seen["tiers"][0]["tier"]) == (True, tier["pinned"])
        unknown = await opened(scoring, customer={"phone": "+8613900139000"})
        assert (unknown["known"], unknown["tiers"][0]["stale"]) == (False, True)

"""A challenger is scored beside the live model, and nobody waits for it."""

import contextlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from services.scoring.model.artefact import from_bytes, to_bytes
from services.scoring.queries.people.erasure import forget
from services.scoring.queries.tiers.facts import read_snapshot
from services.scoring.usecases.fit.shadow_recorder import MOST_WAITING, Recorder
from services.scoring.usecases.releases.catalog import Catalog
from services.scoring.usecases.rescore import rescore
from services.scoring.worker import Background, make_background
from tests.integration.scoring.conftest import Scoring, serving
from tests.shop_facts import LAST_DAY, Purchase, buy, profile_id
from tests.trained import NOW, platform_of

CHALLENGER = "2026-11-21-9"
ADD = """
INSERT INTO models (model_version, manifest, artefact, signature, created_at)
SELECT $2, manifest || jsonb_build_object('version', $2::text, 'sha256', $4::text), $3, '\\x', now()
FROM models WHERE model_version = $1
"""
ROWS = """
SELECT model_version, role, raw, value FROM scored_samples WHERE profile_id = $1 ORDER BY role
"""


@pytest.fixture
async def live(pool: asyncpg.Pool) -> str:
    """The version of the live model."""
    found: str = await pool.fetchval("SELECT model_version FROM models")
    return found


@pytest.fixture
def key(shop_url: str) -> bytes:
    """What artefacts are signed with."""
    return platform_of(shop_url).secrets.model_signing_key


@pytest.fixture
async def challenger(pool: asyncpg.Pool, live: str, key: bytes) -> str:
    """A second model, which expects twice the money."""
    row = await pool.fetchrow("SELECT artefact FROM models WHERE model_version = $1", live)
    model = from_bytes(row["artefact"], key)
    other = replace(
        model, level=model.level * 2, manifest=replace(model.manifest, version=CHALLENGER)
    )
    artefact = to_bytes(other, key)
    await pool.execute(ADD, live, CHALLENGER, artefact.content, artefact.sha256)
    return CHALLENGER


async def begin(scoring: Scoring, version: str) -> dict[str, Any]:
    answer = await scoring.client.post(f"/v1/models/{version}/shadow")
    assert answer.status_code == 200, answer.text
    scoring.app.state.recorder._looked_up_at = -1e9  # noqa: SLF001 - as if seconds had passed
    await scoring.app.state.recorder.flush()
    body: dict[str, Any] = answer.json()
    return body


async def purchase(pool: asyncpg.Pool, index: int, net: int = 5_000) -> None:
    async with pool.acquire() as connection:
        await buy(connection, index, Purchase(LAST_DAY, net))


async def test_live_traffic_is_scored_by_both_once_a_day(
    scoring: Scoring, pool: asyncpg.Pool, live: str, challenger: str
) -> None:
    await begin(scoring, challenger)
    for _ in range(2):
        await purchase(pool, 5)
        await scoring.tier("c-5")
        await scoring.app.state.recorder.flush()
    rows = await pool.fetch(ROWS, profile_id(5))
    assert [(row["role"], row["model_version"]) for row in rows] == [
        ("challenger", challenger),
        ("champion", live),
    ]
    assert rows[0]["raw"] == rows[1]["raw"]
    assert rows[0]["value"] == pytest.approx(2 * rows[1]["value"])
    assert (scoring.app.state.recorder.scored, scoring.app.state.recorder.dropped) == (1, 0)


async def test_the_worker_records_whom_it_decides_anew(
    background: Background, pool: asyncpg.Pool, live: str, challenger: str
) -> None:
    await pool.execute("INSERT INTO model_roles VALUES ('shadow', $1, now())", challenger)
    await background.recorder.flush()
    await purchase(pool, 6)
    await rescore([profile_id(6)], background.decider, background.catalog)
    await background.recorder.flush()
    rows = await pool.fetch(ROWS, profile_id(6))
    assert [row["model_version"] for row in rows] == [challenger, live]


async def test_drift_tells_how_the_challenger_compares(
    scoring: Scoring, pool: asyncpg.Pool, challenger: str
) -> None:
    since = (await begin(scoring, challenger))["since"]
    assert (await begin(scoring, challenger))["since"] == since
    for index in range(40):
        await purchase(pool, index, net=1_000 * (index + 1))
        await scoring.tier(f"c-{index}")
    await scoring.app.state.recorder.flush()
    found = (await scoring.client.get("/v1/models/drift")).json()["shadow"]
    assert (found["model_version"], found["since"]) == (challenger, since)
    assert found["compared"]["customers"] == 40
    assert found["compared"]["agreement"] == pytest.approx(1)
    assert found["compared"]["differing"] == 0
    assert found["compared"]["value_ratio"] == pytest.approx(2)
    assert (found["judged"], found["better"]) == (0, None)


async def test_after_the_horizon_it_tells_who_was_right(
    scoring: Scoring, pool: asyncpg.Pool, live: str, challenger: str
) -> None:
    """The challenger ranks by chance; the live model by what came."""
    await begin(scoring, challenger)
    await pool.execute(
        "INSERT INTO scored_samples SELECT profile_id, v, $1, 'panel', CASE WHEN v = $2 THEN n"
        " ELSE (n::int * 7919 % 400) END + 1, 1, 0, 2, 0.5, now()"
        " FROM (SELECT profile_id, row_number() OVER (ORDER BY profile_id)::float8 AS n"
        " FROM customers) c, unnest(ARRAY[$2, $3]) AS v",
        LAST_DAY - timedelta(days=5),
        live,
        challenger,
    )
    await pool.execute(
        "DELETE FROM customer_day WHERE business_date > $1", LAST_DAY - timedelta(days=5)
    )
    await pool.execute(
        "INSERT INTO customer_day (profile_id, business_date, net_booked, sales_net, orders, lines)"
        " SELECT profile_id, $1, 10 * row_number() OVER (ORDER BY profile_id), 1, 1, 1"
        " FROM customers",
        LAST_DAY + timedelta(days=3),
    )
    async with serving(scoring.url, (NOW + timedelta(days=100)).isoformat()) as afterwards:
        found = (await afterwards.client.get("/v1/models/drift")).json()["shadow"]
    assert found["judged"] == 400
    assert found["better"] == "champion"
    assert found["lead"]["gini_high"] < 0


async def test_the_challenger_is_asked_and_judged_as_the_live_model_is(
    scoring: Scoring, pool: asyncpg.Pool, live: str, challenger: str
) -> None:
    """It expects twice the money of the same customers: half of it comes true."""
    await begin(scoring, challenger)
    await make_background(pool, platform_of(scoring.url)).drift.nightly()
    on = NOW + timedelta(days=40)
    await make_background(pool, platform_of(scoring.url, on.isoformat())).drift.nightly()
    async with serving(scoring.url, on.isoformat()) as afterwards:
        told = (await afterwards.client.get("/v1/models/drift")).json()
    theirs, ours = told["shadow"]["under_way"], told["under_way"]
    assert (theirs["model_version"], ours["model_version"]) == (challenger, live)
    assert theirs["predicted"] == pytest.approx(2 * ours["predicted"])
    assert theirs["spent"] == ours["spent"]
    assert told["shadow"]["realised"] is None


async def test_models_that_cannot_challenge_are_refused_with_words(
    scoring: Scoring, pool: asyncpg.Pool, live: str, challenger: str
) -> None:
    async def asked(version: str) -> tuple[int, str]:
        answer = await scoring.client.post(f"/v1/models/{version}/shadow")
        return answer.status_code, answer.json()["detail"]

    assert (await asked("nobody"))[0] == 404
    assert await asked(live) == (409, "The model is live: it cannot be its own challenger.")
    await pool.execute(
        "UPDATE models SET artefact = artefact || '\\x20' WHERE model_version = $1", challenger
    )
    status, words = await asked(challenger)
    assert status == 409
    assert "signature" in words


async def test_a_challenger_that_goes_bad_is_dropped_and_reads_go_on(
    scoring: Scoring, pool: asyncpg.Pool, challenger: str, key: bytes
) -> None:
    await begin(scoring, challenger)
    await pool.execute("UPDATE models SET artefact = '\\x00' WHERE model_version = $1", challenger)
    await Recorder(pool, key).flush()  # another process, which has not loaded it yet
    assert await pool.fetchval("SELECT count(*) FROM model_roles") == 0
    log = "SELECT what, reason FROM model_log WHERE model_version = $1 ORDER BY at DESC LIMIT 1"
    row = await pool.fetchrow(log, challenger)
    assert row["what"] == "shadow_ended"
    assert "signature" in row["reason"]
    await purchase(pool, 7)
    assert (await scoring.tier("c-7"))["known"]
    assert (await scoring.client.get("/v1/models/drift")).json()["shadow"] is None


async def test_dismissed_challenger_is_scored_no_more(
    scoring: Scoring, pool: asyncpg.Pool, challenger: str, key: bytes
) -> None:
    await begin(scoring, challenger)
    for _ in range(2):
        assert (await scoring.client.delete("/v1/models/shadow")).status_code == 204
    recorder = scoring.app.state.recorder
    recorder._looked_up_at = -1e9  # noqa: SLF001 - as if seconds had passed
    await recorder.flush()
    await purchase(pool, 8)
    await scoring.tier("c-8")
    await recorder.flush()
    assert not await pool.fetch(ROWS, profile_id(8))


async def test_a_full_queue_drops_and_counts_and_never_raises(
    pool: asyncpg.Pool, shop_url: str, challenger: str, key: bytes
) -> None:
    await pool.execute("INSERT INTO model_roles VALUES ('shadow', $1, now())", challenger)
    release_id = await pool.fetchval("SELECT release_id FROM live_releases")
    release = await Catalog(pool, key).value_release(release_id)
    recorder = Recorder(pool, key)
    await recorder.flush()
    snapshot = await read_snapshot(pool, [profile_id(i) for i in range(400)], "value", LAST_DAY)
    for day in range(8):
        recorder.offer(snapshot, release, LAST_DAY + timedelta(days=day))
    assert recorder.dropped == 8 * 400 - MOST_WAITING
    while await recorder.flush():
        pass
    assert recorder.dropped == 8 * 400 - MOST_WAITING
    assert recorder.scored == MOST_WAITING


async def test_the_erased_are_not_recorded_late(
    scoring: Scoring, pool: asyncpg.Pool, challenger: str
) -> None:
    await begin(scoring, challenger)
    await purchase(pool, 9)
    await scoring.tier("c-9")
    await pool.execute("UPDATE customers SET erased_at = now() WHERE customer_id = 'c-9'")
    await scoring.app.state.recorder.flush()
    assert not await pool.fetch(ROWS, profile_id(9))


async def test_what_cannot_be_written_is_counted_and_reads_go_on(
    scoring: Scoring, pool: asyncpg.Pool, challenger: str
) -> None:
    await begin(scoring, challenger)
    await pool.execute("ALTER TABLE scored_samples RENAME TO elsewhere")
    await purchase(pool, 10)
    assert (await scoring.tier("c-10"))["known"]
    recorder = scoring.app.state.recorder
    with contextlib.suppress(asyncpg.UndefinedTableError):  # the service's own loop may be first
        await recorder.flush()
    assert (recorder.scored, recorder.dropped) == (0, 1)
    assert (await scoring.tier("c-10"))["known"]


async def test_samples_of_the_erased_go(
    scoring: Scoring, pool: asyncpg.Pool, challenger: str
) -> None:
    await begin(scoring, challenger)
    await purchase(pool, 11)
    await scoring.tier("c-11")
    await scoring.app.state.recorder.flush()
    async with pool.acquire() as connection:
        removed = await forget(connection, [profile_id(11)])
    assert removed["scored_samples"] == 2
    assert not await pool.fetch(ROWS, profile_id(11))

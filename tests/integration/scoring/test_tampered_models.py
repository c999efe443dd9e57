"""A tampered, foreign or malformed model is refused, no code runs, and the old one serves on."""

import hashlib
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typing_extensions import override

from services.scoring.errors import ModelRefused
from services.scoring.model.artefact import MOST_BYTES, sign
from services.scoring.worker import Background
from tests.integration.scoring.conftest import Scoring, serving
from tests.shop_facts import LAST_DAY
from tests.trained import no_report, platform_of

FIRST, SECOND = f"{LAST_DAY}-1", f"{LAST_DAY}-2"
Tamper = Callable[[bytes, bytes, Path], bytes]


class Bomb:
    """A pickle that makes a file where it is opened."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    @override
    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return Path.touch, (self.canary,)


def changed(content: bytes, key: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """Sign another document with our own key, as a mistake of ours would."""
    document = json.loads(content.partition(b"\n")[2])
    change(document)
    return sign(json.dumps(document).encode(), key)


TAMPERED: dict[str, Tamper] = {
    "one byte": lambda content, key, canary: content[:200] + b"7" + content[201:],
    "cut off": lambda content, key, canary: content[: len(content) // 2],
    "empty": lambda content, key, canary: b"",
    "another shop's key": lambda content, key, canary: sign(
        content.partition(b"\n")[2], b"another shop's key"
    ),
    "too large": lambda content, key, canary: sign(b" " * (MOST_BYTES + 1), key),
    "pickle": lambda content, key, canary: pickle.dumps(Bomb(canary)),
    "signed pickle": lambda content, key, canary: sign(pickle.dumps(Bomb(canary)), key),
    "other features": lambda content, key, canary: changed(
        content, key, lambda d: d["manifest"].update(feature_hash="0" * 16)
    ),
    "NaN": lambda content, key, canary: changed(
        content, key, lambda d: d["spend"].update(intercept=float("nan"))
    ),
}


async def tamper(pool: asyncpg.Pool, version: str, how: Tamper, key: bytes, canary: Path) -> None:
    """Put another artefact in place, and let the registry name its hash."""
    content = await pool.fetchval("SELECT artefact FROM models WHERE model_version = $1", version)
    other = how(content, key, canary)
    await pool.execute(
        "UPDATE models SET artefact = $2,"
        " manifest = jsonb_set(manifest, '{sha256}', to_jsonb($3::text)) WHERE model_version = $1",
        version,
        other,
        hashlib.sha256(other.partition(b"\n")[2]).hexdigest(),
    )


@pytest.mark.parametrize("how", TAMPERED)
async def test_tampered_model_is_not_promoted_and_the_old_one_serves_on(
    scoring: Scoring, background: Background, pool: asyncpg.Pool, tmp_path: Path, how: str
) -> None:
    before = await scoring.tier("c-1")
    await pool.execute(
        "INSERT INTO models SELECT $2, manifest, artefact, signature, training_artefact,"
        " training_signature, now(), 'candidate', gate FROM models WHERE model_version = $1",
        FIRST,
        SECOND,
    )
    key = platform_of(scoring.url).secrets.model_signing_key
    await tamper(pool, SECOND, TAMPERED[how], key, tmp_path / "canary")
    refused = await scoring.client.post(f"/v1/models/{SECOND}/promote")
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (
        409,
        "model_refused",
    )
    body = (await scoring.client.get(f"/v1/models/{SECOND}")).json()
    assert (body["status"], body["log"][0]["what"]) == ("rejected", "artefact_refused")
    # tampered with after it was asked for: the job refuses it too
    with pytest.raises(ModelRefused, match="What is in force goes on"):
        await background.trainer.promote(SECOND, no_report)
    assert not (tmp_path / "canary").exists()
    assert await scoring.tier("c-1") == before


async def test_process_that_serves_a_release_serves_on_when_its_artefact_is_tampered_with(
    scoring: Scoring, pool: asyncpg.Pool, tmp_path: Path
) -> None:
    """Also for who must be decided anew; a process that starts then says what is wrong."""
    await pool.execute("DELETE FROM tier_current")
    before = await scoring.tier("c-1")
    key = platform_of(scoring.url).secrets.model_signing_key
    await tamper(pool, FIRST, TAMPERED["signed pickle"], key, tmp_path / "canary")
    await pool.execute("DELETE FROM tier_current")
    assert await scoring.tier("c-1") == before
    assert (await scoring.tier("c-2"))["release"] == "r-1"
    async with serving(scoring.url) as started:
        assert (await started.tier("c-1"))["release"] == "r-1"  # stored decisions need no model
        refused = await started.client.get("/v1/customers/c-3/tier")
        assert (refused.status_code, "cannot be loaded" in refused.json()["detail"]) == (503, True)
    assert not (tmp_path / "canary").exists()


async def test_broken_release_is_left_by_a_rollback(
    scoring: Scoring, background: Background, pool: asyncpg.Pool, tmp_path: Path
) -> None:
    """The way out of it: a process that cannot load what is live goes back to what was before."""
    await background.trainer.train(no_report)
    key = platform_of(scoring.url).secrets.model_signing_key
    await tamper(pool, SECOND, TAMPERED["cut off"], key, tmp_path / "canary")
    await pool.execute("DELETE FROM tier_current")
    async with serving(scoring.url) as started:
        assert (await started.client.get("/v1/customers/c-1/tier")).status_code == 503
        answer = await started.client.post("/v1/models/rollback", json={"reason": "broken"})
        assert answer.status_code == 200
        assert (await started.tier("c-1"))["model_version"] == FIRST


async def test_worker_goes_back_from_a_model_in_force_that_was_changed(
    scoring: Scoring, background: Background, pool: asyncpg.Pool, tmp_path: Path
) -> None:
    """So that a process which starts after the change serves the model before it."""
    await background.trainer.train(no_report)
    await background.guard()
    assert (await scoring.tier("c-1"))["model_version"] == SECOND
    key = platform_of(scoring.url).secrets.model_signing_key
    await tamper(pool, SECOND, TAMPERED["signed pickle"], key, tmp_path / "canary")
    await background.guard()  # our own signature: what it holds is for each process to refuse
    await tamper(pool, SECOND, TAMPERED["one byte"], key, tmp_path / "canary")
    await background.guard()
    await pool.execute("DELETE FROM tier_current")
    async with serving(scoring.url) as started:
        assert (await started.tier("c-1"))["model_version"] == FIRST
        body = (await started.client.get(f"/v1/models/{SECOND}")).json()
    assert body["status"] == "rejected"
    assert [(row["what"], row["actor"]) for row in body["log"][:1]] == [
        ("rolled_back_from", "guard")
    ]
    assert not (tmp_path / "canary").exists()


async def test_guard_stays_where_there_is_nothing_to_go_back_to(
    scoring: Scoring, background: Background, pool: asyncpg.Pool, tmp_path: Path
) -> None:
    key = platform_of(scoring.url).secrets.model_signing_key
    await tamper(pool, FIRST, TAMPERED["cut off"], key, tmp_path / "canary")
    await background.guard()
    live = await pool.fetchval("SELECT release_id FROM live_releases")
    assert live == 1


async def test_training_meets_a_refused_current_model_and_replaces_it(
    background: Background, pool: asyncpg.Pool, tmp_path: Path, shop_url: str
) -> None:
    key = platform_of(shop_url).secrets.model_signing_key
    await tamper(pool, FIRST, TAMPERED["other features"], key, tmp_path / "canary")
    result = await background.trainer.train(no_report)
    assert result["promoted"] is True
    gate: Any = result["gate"]
    assert "another feature definition" in gate["checks"][0]["words"]["en"]

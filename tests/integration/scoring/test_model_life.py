"""The life of models: judged, promoted or kept back, rolled back, written down."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from typing_extensions import override

from services.scoring.domain.days import CustomerDays
from services.scoring.domain.life.promotion import PromotionPolicy
from services.scoring.errors import CannotTrain, GateFailed
from services.scoring.model.learning.plan import TrainingPlan
from services.scoring.model.learning.training import Trained
from services.scoring.usecases.models.train_model import Trainer
from services.scoring.usecases.releases.make_release import Report
from services.scoring.worker import Background
from tests.integration.scoring.conftest import Scoring
from tests.shop_facts import LAST_DAY
from tests.trained import no_report

FIRST, SECOND = f"{LAST_DAY}-1", f"{LAST_DAY}-2"
FAILED_GATE = """
UPDATE models SET gate = jsonb_set(jsonb_set(gate, '{passed}', 'false'),
    '{checks,0,passed}', 'false') WHERE model_version = $1
"""


async def log_of(scoring: Scoring, version: str) -> list[str]:
    body = (await scoring.client.get(f"/v1/models/{version}")).json()
    return [line["what"] for line in body["log"]]


async def status_of(scoring: Scoring, version: str) -> str:
    status: str = (await scoring.client.get(f"/v1/models/{version}")).json()["status"]
    return status


async def post(
    scoring: Scoring, path: str, body: Any = None, *, key: str | None = None
) -> tuple[int, dict[str, Any]]:
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = await scoring.client.post(f"/v1/models/{path}", json=body, headers=headers)
    return answer.status_code, answer.json()


async def test_first_training_is_judged_promoted_and_written_down(scoring: Scoring) -> None:
    body = (await scoring.client.get(f"/v1/models/{FIRST}")).json()
    assert (body["status"], body["live_in"]) == ("live", ["value"])
    assert [line["what"] for line in body["log"]] == ["promoted", "gate_passed", "trained"]
    assert body["gate"]["passed"]
    assert body["gate"]["current"] is None
    names = [check["name"] for check in body["gate"]["checks"]]
    assert names == [
        "not_below_decayed_spend",
        "parity",
        "features",
        "finite_answers",
        "chance_calibration",
        "interval_coverage",
    ]
    assert body["code_version"].count("+") == 1
    assert len(body["sha256"]) == 64
    assert body["trained_from"] < body["trained_until"] == str(LAST_DAY)


async def test_next_training_meets_the_current_model_and_retires_it(
    scoring: Scoring, background: Background
) -> None:
    result = await background.trainer.train(no_report)
    assert (result["promoted"], result["because"]) == (True, "")
    gate = result["gate"]
    assert isinstance(gate, Mapping)
    assert gate["current"] == FIRST
    assert gate["checks"][0]["name"] == "not_below_current"
    # trained on the same day from the same facts: the same model, so neither is ahead
    assert gate["checks"][0]["figure"] == 0.0
    assert gate["holdout"]["unseen"] is False
    assert (await status_of(scoring, FIRST), await status_of(scoring, SECOND)) == (
        "retired",
        "live",
    )
    assert await log_of(scoring, FIRST) == ["retired", "promoted", "gate_passed", "trained"]


async def test_manual_policy_leaves_a_candidate_that_a_person_promotes(
    scoring: Scoring, background: Background
) -> None:
    by_hand = replace(background.trainer, policy=PromotionPolicy.MANUAL)
    result = await by_hand.train(no_report)
    assert (result["promoted"], result["releases"]) == (False, {})
    assert "manual" in str(result["because"])
    assert await status_of(scoring, SECOND) == "candidate"
    assert (await scoring.tier("c-1"))["model_version"] == FIRST
    assert (await post(scoring, f"{SECOND}/promote"))[0] == 202
    assert await background.work_off()
    assert (await scoring.tier("c-1"))["model_version"] == SECOND


async def test_challenger_that_goes_live_is_compared_no_more(
    scoring: Scoring, background: Background, pool: asyncpg.Pool
) -> None:
    await replace(background.trainer, policy=PromotionPolicy.MANUAL).train(no_report)
    await pool.execute("INSERT INTO model_roles VALUES ('shadow', $1, now())", SECOND)
    assert await status_of(scoring, SECOND) == "shadow"
    await background.trainer.promote(SECOND, no_report)
    assert await status_of(scoring, SECOND) == "live"
    assert await pool.fetchval("SELECT count(*) FROM model_roles") == 0
    assert (await log_of(scoring, SECOND))[:2] == ["shadow_ended", "promoted"]


async def test_failed_gate_refuses_a_promotion_until_it_is_overridden(
    scoring: Scoring, background: Background, pool: asyncpg.Pool
) -> None:
    await pool.execute(FAILED_GATE, FIRST)
    status, refused = await post(scoring, f"{FIRST}/promote")
    assert (status, refused["type"].rpartition("/")[2]) == (409, "gate_failed")
    assert "not_below_decayed_spend" in refused["detail"]
    with pytest.raises(GateFailed):
        await background.trainer.promote(FIRST, no_report)
    assert (await post(scoring, f"{FIRST}/promote", {"override": True}))[0] == 422
    order = {"override": True, "reason": "closed in June"}
    assert (await post(scoring, f"{FIRST}/promote", order))[0] == 202
    assert await background.work_off()
    life = (await scoring.client.get(f"/v1/models/{FIRST}")).json()["log"][0]
    assert (life["what"], life["actor"], life["reason"]) == ("promoted", "tests", "closed in June")
    assert life["details"] == {"override": True, "releases": {"value": "r-2"}}


class Backwards(Trainer):
    """A training gone wrong: who spends most is said to spend least."""

    @override
    async def _fit(
        self, days: CustomerDays, plan: TrainingPlan, version: str, report: Report
    ) -> Trained:
        made = await super()._fit(days, plan, version, report)
        spend = replace(made.model.spend, heights=-made.model.spend.heights)
        return replace(made, model=replace(made.model, spend=spend))


async def test_candidate_below_the_current_model_stays_out(
    scoring: Scoring, background: Background
) -> None:
    usual = background.trainer
    trainer = Backwards(usual.pool, usual.signing_key, usual.day, usual.promoter)
    result = await trainer.train(no_report)
    assert result["promoted"] is False
    assert "not_below_current" in str(result["because"])
    assert "parity" in str(result["because"])
    assert await status_of(scoring, SECOND) == "candidate"
    assert await log_of(scoring, SECOND) == ["gate_failed", "trained"]
    assert (await scoring.tier("c-1"))["model_version"] == FIRST
    status, refused = await post(scoring, f"{SECOND}/promote")
    assert (status, "significantly below" in refused["detail"]) == (409, True)


class Overflowing(Trainer):
    """A training whose money is no number."""

    @override
    async def _fit(
        self, days: CustomerDays, plan: TrainingPlan, version: str, report: Report
    ) -> Trained:
        made = await super()._fit(days, plan, version, report)
        return replace(made, model=replace(made.model, level=float("inf")))


async def test_model_that_cannot_be_kept_is_refused_with_a_sentence(
    scoring: Scoring, background: Background, pool: asyncpg.Pool
) -> None:
    usual = background.trainer
    with pytest.raises(CannotTrain, match="cannot be kept"):
        await Overflowing(usual.pool, usual.signing_key, usual.day, usual.promoter).train(no_report)
    assert await pool.fetchval("SELECT count(*) FROM models") == 1
    line = await pool.fetchrow("SELECT * FROM model_log ORDER BY at DESC LIMIT 1")
    assert (line["model_version"], line["what"]) == (SECOND, "training_refused")
    assert (await scoring.tier("c-1"))["model_version"] == FIRST


async def test_same_key_asks_for_one_promotion(scoring: Scoring, background: Background) -> None:
    _, first = await post(scoring, f"{FIRST}/promote", key="k-1")
    assert await background.work_off()
    _, again = await post(scoring, f"{FIRST}/promote", key="k-1")
    assert first["job_id"] == again["job_id"]
    status, other = await post(scoring, f"{FIRST}/promote", {"reason": "x"}, key="k-1")
    assert (status, other["type"].rpartition("/")[2]) == (422, "idempotency_key_reused")


async def test_waiting_promotion_of_the_same_model_is_joined(scoring: Scoring) -> None:
    _, first = await post(scoring, f"{FIRST}/promote")
    assert (await post(scoring, f"{FIRST}/promote"))[1]["job_id"] == first["job_id"]


async def test_unknown_model_has_no_page(scoring: Scoring) -> None:
    assert (await scoring.client.get("/v1/models/nope")).status_code == 404

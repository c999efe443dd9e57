"""How right the tiers are: what the charts say, and what may be changed."""

from datetime import timedelta
from typing import Any

import pytest

from services.console.accounts.roles import Role
from services.console.changing import models as changes
from services.console.pages.accuracy import figures
from services.console.pages.accuracy.fits import level_words, state_words, tone_of
from services.console.pages.accuracy.page import feature_name
from services.console.pages.accuracy.versions import check_icon
from shared.contracts.backtest import BacktestDocument
from shared.contracts.drift import DriftReport
from shared.contracts.models import GateCheck
from shared.contracts.overview import ModelInShort
from tests.unit.console.test_overview import PROGRAMME, STATUS
from tests.unit.console.visits import NOW, browsing, stage

WORDS = {"en": "The top 20 % held 90 %.", "zh": "前 20% 占 90%。"}
CURVE = [min(1.0, n / 20) for n in range(101)]
RIVAL = {"gini": 0.012, "gini_low": 0.006, "gini_high": 0.019, "hit20": 0.1, "hit20_low": 0.05,
         "hit20_high": 0.15}  # fmt: skip
BACKTEST: dict[str, Any] = {
    "kind": "rehearsal", "model_version": "m-2", "measured_at": NOW.isoformat(),
    "cutoff": "2026-10-25", "until": "2026-11-22", "currency": "CNY", "customers": 100,
    "buyers": 40, "headline": WORDS,
    "contenders": [
        {"key": "tierline", "name": {"en": "Tierline", "zh": "Tierline"}, "gains": CURVE,
         "accuracy": {"gini": 0.93, "hit20": 0.67, "cap20": 0.91, "bias": 0.8}, "lead": None},
        {"key": "decayed", "name": {"en": "Decayed spend", "zh": "衰减消费额"}, "gains": CURVE,
         "accuracy": {"gini": 0.918, "hit20": 0.58, "cap20": 0.89}, "lead": RIVAL},
    ],
    "perfect_gains": CURVE, "coverage": 0.8, "chance_error": 0.036,
    "deciles": [{"decile": 1, "customers": 10, "predicted": 100.0, "spent": 125.0,
                 "spent_low": 90.0, "spent_high": 150.0, "chance": 0.6, "bought": 0.7,
                 "coverage": 0.8}],
    "chances": [{"customers": 10, "chance": 0.6, "bought": 0.7, "bought_low": 0.5,
                 "bought_high": 0.8}],
    "misses": {"missed": 0.33, "promoted": 0.08},
    "card": {"kind": "additive", "horizon_days": 28, "horizon_reason": WORDS,
             "trained_from": "2024-11-22", "trained_until": "2026-11-22", "cutoffs": [],
             "customers": 100, "rows": 400, "feature_hash": "f"},
}  # fmt: skip
GATE = {
    "passed": False, "candidate": "m-1", "current": "m-2",
    "holdout": {"cutoff": "2026-10-25", "until": "2026-11-22", "customers": 100, "buyers": 40,
                "unseen": True},
    "checks": [],
}  # fmt: skip


def model(version: str, status: str, **changes: Any) -> dict[str, Any]:
    return {
        "model_version": version, "kind": "additive", "status": status,
        "created_at": NOW.isoformat(), "horizon_days": 28, "customers": 100,
        "metrics": {"gini": 0.93, "gini_decayed": 0.918}, "warnings": [],
        "live_in": ["club"] if status == "live" else [], "gate": None, **changes,
    }  # fmt: skip


DETAIL = {
    "trained_from": "2024-11-22", "trained_until": "2026-11-22", "cutoffs": [], "rows": 400,
    "parity": 0.0, "code_version": "0.1", "feature_hash": "f", "sha256": "s",
    "log": [{"at": NOW.isoformat(), "what": "promoted", "actor": "lin", "reason": "better",
             "details": {}}],
}  # fmt: skip
SHIFT = {"psi": 0.02, "noise": 0.07, "psi_year_ago": None, "outside_training_range": 0.0}
DRIFT: dict[str, Any] = {
    "status": "watch", "sentence": {"en": "They begin to differ.", "zh": "开始变化。"},
    "business_date": "2026-11-21",
    "features": [
        SHIFT | {"name": "recency", "status": "steady"},
        SHIFT | {"name": "net_28d", "psi": 0.3, "status": "watch"},
        SHIFT | {"name": "tenure", "psi": 0.9, "status": "not_judged"},
    ],
}  # fmt: skip
MODELS = [model("m-2", "live"), model("m-1", "rejected", gate=GATE), model("m-0", "retired")]
ANSWERS: dict[str, Any] = {
    "GET /v1/models": {"items": MODELS},
    "GET /v1/models/drift": DRIFT,
    "GET /v1/models/m-2": model("m-2", "live", **DETAIL),
    "GET /v1/models/m-2/backtest": BACKTEST,
    "GET /v1/status": STATUS,
    "GET /v1/programmes": {"items": [PROGRAMME | {"kind": "value"}], "next_cursor": None},
    "GET /v1/programmes/club/stability": {
        "programme": "club", "from": (NOW - timedelta(days=80)).isoformat(), "to": NOW.isoformat(),
        "within_days": 20,
        "customers": 100, "moved": 5, "moves": 6, "flapped": 1, "flap_rate": 0.01,
    },
    "POST /v1/models/m-0/shadow": {"model_version": "m-0", "since": NOW.isoformat()},
}  # fmt: skip


def test_gains_are_drawn_for_every_score_and_for_none() -> None:
    picture = figures.gains(stage().visit, BacktestDocument.model_validate(BACKTEST))
    names = [one["name"] for one in picture.options["series"]]
    assert names == ["Tierline", "Decayed spend", "Perfect", "By chance"]
    assert picture.summary == "The top 20 % held 90 %."


def test_calibration_says_what_was_spent_for_every_hundred() -> None:
    picture = figures.calibration(stage().visit, BacktestDocument.model_validate(BACKTEST))
    assert picture.summary == "For every 100 expected, 125 were spent."
    assert picture.rows[0][2:5] == ["CN¥100.00", "CN¥125.00", "CN¥90.00 – CN¥150.00"]


def test_the_lead_is_told_with_its_interval() -> None:
    rows = figures.contenders(stage().visit, BacktestDocument.model_validate(BACKTEST))
    assert [row[-1] for row in rows] == ["–", "0.012 (0.006 … 0.019)"]


def test_only_what_is_judged_is_drawn_the_furthest_first() -> None:
    names = [each.name for each in figures.judged(DriftReport.model_validate(DRIFT))]
    assert names == ["net_28d", "recency"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("net_28d", "Net spend, 28 days"),
        ("orders_decayed_45d", "Decayed orders (45 d)"),
        ("recency", "Days since the last purchase"),
        ("something_new", "something_new"),
    ],
)
def test_numbers_of_the_model_have_names(name: str, said: str) -> None:
    assert feature_name(stage().visit, name) == said


@pytest.mark.parametrize(("is_override", "body"), [(False, {}), (True, {"override": True})])
def test_a_failed_gate_is_overridden_with_the_reason_alone(
    is_override: bool, body: dict[str, Any]
) -> None:
    change = changes.promote_model("m-1", "k", reason="We know better", is_override=is_override)
    said = {"reason": "We know better"} if is_override else {}
    assert change.call.body == body | said


OFF = ModelInShort.model_validate(
    STATUS["model"] | {"spent_per_expected": 1.261, "is_level_held": False}
)
HELD = OFF.model_copy(update={"spent_per_expected": 1.1, "is_level_held": True})


@pytest.mark.parametrize(
    ("model", "tone", "words"),
    [
        (OFF, "warn", "Fits, but 26% more was spent than expected"),
        (OFF.model_copy(update={"spent_per_expected": 0.8}), "warn",
         "Fits, but 20% less was spent than expected"),
        (HELD, "good", "Fits"),
        (OFF.model_copy(update={"drift": "alarm"}), "bad",
         "No longer fits, but 26% more was spent than expected"),
        (OFF.model_copy(update={"drift": None}), "plain", ""),
    ],
    ids=["more was spent", "less was spent", "held", "alarm", "not judged"],
)  # fmt: skip
def test_a_level_that_was_off_is_never_green(model: ModelInShort, tone: str, words: str) -> None:
    visit = stage().visit
    assert (tone_of(model.drift, model), state_words(visit, model)) == (tone, words)


def test_nothing_is_said_of_a_level_that_was_held_or_not_measured() -> None:
    visit = stage().visit
    assert (level_words(visit, HELD), level_words(visit, None)) == ("", "")
    assert tone_of("steady", None) == "good"


@pytest.mark.parametrize(
    ("blocks", "passed", "icon"),
    [
        (True, True, "check_circle"),
        (True, False, "error"),
        (False, True, "info"),
        (False, False, "warning"),
    ],
)
def test_only_what_would_have_kept_a_model_out_is_ticked(
    blocks: bool, passed: bool, icon: str
) -> None:
    check = {"name": "a", "passed": passed, "blocks": blocks, "figure": None, "limit": None,
             "words": WORDS}  # fmt: skip
    assert check_icon(GateCheck.model_validate(check)) == icon


async def test_a_model_that_is_behind_another_method_says_so() -> None:
    ahead = RIVAL | {"gini": -0.01, "gini_low": -0.017, "gini_high": -0.006}
    other = {"key": "btyd", "name": {"en": "BG/NBD", "zh": "BG/NBD"}, "gains": CURVE,
             "accuracy": {"gini": 0.942}, "lead": ahead}  # fmt: skip
    backtest = BACKTEST | {"contenders": [*BACKTEST["contenders"], other]}
    status = STATUS | {"model": OFF.model_dump(mode="json")}
    answers = {**ANSWERS, "GET /v1/models/m-2/backtest": backtest, "GET /v1/status": status}
    async with browsing(stage(answers).visit) as user:
        await user.open("/accuracy")
        await user.should_see("BG/NBD: 0.942; the model is behind it, beyond chance")
        await user.should_see("26% more was spent than expected; ")


async def test_the_page_tells_how_right_the_model_is() -> None:
    async with browsing(stage(ANSWERS).visit) as user:
        await user.open("/accuracy")
        await user.should_see("0.930")
        await user.should_see("They begin to differ.")
        await user.should_see("1.00%")
        await user.should_see("Flap rate, 80 days")
        await user.should_see("these fell and rose again within 20 days")


@pytest.mark.parametrize("away", ["GET /v1/models/m-2/backtest", "GET /v1/models/drift"])
async def test_what_is_away_leaves_the_versions_standing(away: str) -> None:
    async with browsing(stage({**ANSWERS, away: None}).visit) as user:
        await user.open("/accuracy")
        await user.should_see("does not answer", retries=5)
        await user.should_see("m-0")


async def test_a_model_is_tried_in_the_shadow_with_its_reason() -> None:
    made = stage(ANSWERS | {"GET /v1/models": {"items": [MODELS[0], MODELS[2]]}})
    async with browsing(made.visit) as user:
        await user.open("/accuracy")
        user.find("Try in the shadow").click()
        await user.should_see("Why?")
        user.find("Why?").type("It saw the summer")
        user.find("Confirm").click()
        await user.should_see("Done")
    assert made.accounts.outcomes == ["done"]
    assert made.accounts.entries[0].action == "model.shadowed"


async def test_who_may_not_sees_no_way_to_change_models() -> None:
    async with browsing(stage(ANSWERS, role=Role.SERVICE).visit) as user:
        await user.open("/accuracy")
        await user.should_see("m-0")
        for label in ("Train a new model", "Try in the shadow", "Go back"):
            await user.should_not_see(label)


async def test_a_shop_without_models_is_told_what_to_do() -> None:
    answers = {"GET /v1/models": {"items": []}, "GET /v1/models/drift": DRIFT}
    async with browsing(stage(answers).visit) as user:
        await user.open("/accuracy")
        await user.should_see("no value model yet", retries=5)
        await user.should_see("Train a new model")


@pytest.mark.parametrize(
    ("label", "call"),
    [
        ("Train a new model", "POST /v1/models/train"),
        ("Put into force", "POST /v1/models/m-0/promote"),
        ("Go back to the release before", "POST /v1/models/rollback"),
    ],
    ids=["train", "promote", "roll back"],
)
async def test_what_is_tried_again_in_a_dialog_is_the_same_deed(label: str, call: str) -> None:
    answers = ANSWERS | {"GET /v1/models": {"items": [MODELS[0], MODELS[2]]}}
    answers[call] = (409, {"detail": "Not now."})
    made = stage(answers)
    async with browsing(made.visit) as user:
        await user.open("/accuracy")
        user.find(label).click()
        await user.should_see("Why?")
        user.find("Why?").type("It saw the summer")
        user.find("Confirm").click()
        await user.should_see("Not now.")
        answers[call] = (409, {"detail": "Later."})
        user.find("Confirm").click()
        await user.should_see("Later.")
    asked = [each for each in made.asked if each.method == "POST"]
    assert len(asked) == 2
    assert len({each.headers["idempotency-key"] for each in asked}) == 1

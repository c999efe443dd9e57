"""Served indices: bit by bit through the artefact, nothing odd is read."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from services.scoring.domain.features import features
from services.scoring.domain.index_words import NAMES, REASONS, RULES, claim
from services.scoring.model.learning.plan import plan_training
from services.scoring.model.outcomes.index_fit import fit_indices
from services.scoring.model.outcomes.indices import EMPTY, Indices, read
from services.scoring.model.outcomes.outcomes import OUTCOMES
from tests.model_shop import START, shop_days


@pytest.fixture(scope="module")
def found() -> Indices:
    return fit_indices(shop_days(1500), plan_training(START, START + 300))


def test_indices_come_back_bit_by_bit(found: Indices) -> None:
    back = read(json.loads(json.dumps(found.document(), allow_nan=False)))
    X = features(shop_days(), START + 200, START)
    for item, again in zip(found.items, back.items, strict=True):
        assert (again.proof, again.reason) == (item.proof, item.reason)
        if item.gauge is not None and again.gauge is not None:
            assert again.gauge.values(X).tobytes() == item.gauge.values(X).tobytes()
    assert back.document() == found.document()


def test_artefact_without_indices_has_none() -> None:
    assert read({}) == EMPTY
    assert EMPTY.columns == frozenset()


def test_figures_name_every_index_without_its_curves(found: Indices) -> None:
    figures = found.figures()
    assert list(figures) == [outcome.key for outcome in OUTCOMES]
    assert figures["loyalty"]["is_shown"]
    assert figures["loyalty"]["lead_low"] > 0
    assert figures["influence"] == {"is_shown": False, "reason": "not_recorded"}


def test_levels_split_half_and_a_fifth_off(found: Indices) -> None:
    gauge = found.items[1].gauge
    assert gauge is not None
    levels = [gauge.level(value) for value in (gauge.mid - 1e-9, gauge.mid, gauge.high)]
    assert levels == ["low", "mid", "high"]


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(magic=d["loyalty"]),
        lambda d: d["loyalty"].update(note=1),
        lambda d: d["loyalty"].update(reason="too_few"),
        lambda d: d["loyalty"].update(gauge=None),
        lambda d: d["influence"].update(reason="because"),
        lambda d: d["influence"].update(reason=None),
        lambda d: d["loyalty"].update(proof=None),
        lambda d: d["loyalty"]["proof"].update(metric="spearman"),
        lambda d: d["loyalty"]["proof"].update(rule="magic"),
        lambda d: d["loyalty"]["proof"].update(value=1.2),
        lambda d: d["loyalty"]["proof"].update(value="0.8"),
        lambda d: d["loyalty"]["proof"].update(customers=-1),
        lambda d: d["loyalty"]["proof"].update(bias=1e999),
        lambda d: d["loyalty"]["proof"].pop("lead"),
        lambda d: d["loyalty"]["gauge"].update(mid=0.9, high=0.1),
        lambda d: d["loyalty"]["gauge"].update(scale={"score": [0.0], "amount": [1.0]}),
        lambda d: d["loyalty"]["gauge"].update(curves=d["growth"]["gauge"]["curves"], mid=None),
        lambda d: d["loyalty"]["gauge"]["curves"]["features"].__setitem__(0, "max_order_day"),
        lambda d: d["loyalty"]["gauge"]["curves"]["heights"].pop(),
        lambda d: d["loyalty"]["gauge"]["curves"].update(intercept=1e999),
        lambda d: d["growth"]["gauge"].update(scale=None),
        lambda d: d["growth"]["gauge"]["scale"].update(score=[], amount=[]),
        lambda d: d["growth"]["gauge"]["scale"]["score"].reverse(),
        lambda d: d["growth"]["gauge"]["scale"]["amount"].reverse(),
        lambda d: d["growth"]["gauge"]["scale"]["amount"].__setitem__(0, -1.0),
        lambda d: d["growth"]["gauge"]["scale"]["amount"].pop(),
    ],
)
def test_malformed_document_is_refused(found: Indices, change: Change) -> None:
    document = json.loads(json.dumps(found.document()))
    change(document)
    with pytest.raises((ValueError, TypeError, LookupError)):
        read(document)


def test_values_stay_in_range_for_any_customer(found: Indices) -> None:
    rng = np.random.default_rng(1)
    X = rng.normal(0, 1e6, (200, features(shop_days(), START, START).shape[1]))
    X[::7] = np.nan
    for item in found.items:
        if item.gauge is not None:
            values = item.gauge.values(X)
            assert np.isfinite(values).all()
            assert (values >= 0).all()
            assert item.outcome.is_money or (values <= 1).all()


def test_every_index_rule_and_reason_has_words() -> None:
    for outcome in OUTCOMES:
        assert set(NAMES[outcome.key]) == {"en", "zh"}
        assert all("91" in text for text in claim(outcome.key, 91).values())
        assert set(outcome.rules) <= set(RULES)
    assert all(set(words) == {"en", "zh"} for words in (*RULES.values(), *REASONS.values()))

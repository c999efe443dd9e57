"""The other outcomes a model claims: what was measured of each, and its value for a customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from services.scoring.model.curves import Curves, FloatArray
from services.scoring.model.outcomes.outcomes import OUTCOMES, Outcome
from services.scoring.model.outcomes.proof import Proof
from services.scoring.model.plain_json import (
    named_curves,
    plain,
    read_array,
    read_curves,
    read_number,
)

#: Why an index is not shown, for the whole shop.
Reason = Literal["not_recorded", "history_too_short", "too_few", "no_better_than_rule"]
Level = Literal["low", "mid", "high"]
_BY_KEY: Final[Mapping[str, Outcome]] = {outcome.key: outcome for outcome in OUTCOMES}
_MOST_POINTS = 100


@dataclass(frozen=True, slots=True)
class Scale:
    """What a score of the curves is worth in money: straight between points, flat outside."""

    score: FloatArray
    amount: FloatArray


@dataclass(frozen=True, slots=True)
class Gauge:
    """A shown index: curves over `columns`, and the values half and four fifths lie below.

    With a scale the curves give money in minor units, else the log odds of a chance.
    """

    columns: tuple[int, ...]
    curves: Curves
    scale: Scale | None
    mid: float
    high: float

    def values(self, X: NDArray[np.number]) -> FloatArray:
        """Read the index off rows of X (n, n_features): money in minor units, or a chance."""
        score = self.curves.predict_log(X[:, self.columns])
        if self.scale is None:
            # 1 / (1 + exp(-score)) without overflow
            return np.asarray(np.exp(-np.logaddexp(0.0, -score)), dtype=np.float64)
        return np.asarray(np.interp(score, self.scale.score, self.scale.amount), dtype=np.float64)

    def level(self, value: float) -> Level:
        """Place a value among the customers the index was learnt on."""
        if value >= self.high:
            return "high"
        return "mid" if value >= self.mid else "low"


@dataclass(frozen=True, slots=True)
class Index:
    """One index: shown where it has a gauge; else `reason` says why not."""

    outcome: Outcome
    proof: Proof | None
    reason: Reason | None
    gauge: Gauge | None


@dataclass(frozen=True, slots=True)
class Indices:
    """Every index with what was measured of it."""

    items: tuple[Index, ...] = ()

    @property
    def columns(self) -> frozenset[int]:
        """Name the columns of FEATURES the shown indices read, and who they speak for."""
        shown = [item.gauge for item in self.items if item.gauge is not None]
        return frozenset(column for gauge in shown for column in gauge.columns)

    def document(self) -> dict[str, Any]:
        """Write it as JSON values."""
        return {item.outcome.key: _written(item) for item in self.items}

    def figures(self) -> dict[str, Any]:
        """Give what was measured of each index by its key, without its curves."""
        return {
            item.outcome.key: {
                "is_shown": item.gauge is not None,
                "reason": item.reason,
                **(asdict(item.proof) if item.proof else {}),
            }
            for item in self.items
        }


EMPTY: Final = Indices()


def _written(item: Index) -> dict[str, Any]:
    gauge = item.gauge
    return {
        "proof": asdict(item.proof) if item.proof else None,
        "reason": item.reason,
        "gauge": gauge
        and {
            "curves": named_curves(gauge.curves, gauge.columns),
            "scale": plain(asdict(gauge.scale)) if gauge.scale else None,
            "mid": gauge.mid,
            "high": gauge.high,
        },
    }


def read(document: Mapping[str, Any]) -> Indices:
    """Read what `document` wrote; raises ValueError (TypeError, LookupError) for anything else."""
    return Indices(tuple(_item(_BY_KEY[key], found) for key, found in document.items()))


def _item(outcome: Outcome, found: Mapping[str, Any]) -> Index:
    _require_fields(found, {"proof", "reason", "gauge"})
    reason, proof = found["reason"], found["proof"]
    if (reason is None) == (found["gauge"] is None) or reason not in {None, *get_args(Reason)}:
        raise ValueError("an index has either a gauge or a known reason")
    if found["gauge"] is not None and proof is None:
        raise ValueError("an index is shown without a proof")
    return Index(
        outcome=outcome,
        proof=_proof(outcome, proof) if proof is not None else None,
        reason=reason,
        gauge=_gauge(outcome, found["gauge"]) if found["gauge"] is not None else None,
    )


def _proof(outcome: Outcome, found: Mapping[str, Any]) -> Proof:
    names = {field.name for field in fields(Proof)}
    _require_fields(found, names)
    if found["metric"] != outcome.metric or found["rule"] not in outcome.rules:
        raise ValueError("an index was measured by another rule")
    figures = names - {"metric", "rule", "customers", "happened", "bias"}
    customers, happened = (
        int(read_number(found[name], lambda count: count >= 0))
        for name in ("customers", "happened")
    )
    return Proof(
        metric=outcome.metric,
        rule=str(found["rule"]),
        customers=customers,
        happened=happened,
        bias=read_number(found["bias"], lambda value: True),
        **{name: read_number(found[name], lambda value: abs(value) <= 1) for name in figures},
    )


def _gauge(outcome: Outcome, found: Mapping[str, Any]) -> Gauge:
    _require_fields(found, {"curves", "scale", "mid", "high"})
    columns, curves = read_curves(found["curves"])
    if not set(columns) <= set(outcome.columns):
        raise ValueError("an index reads features of another")
    if (found["scale"] is not None) != outcome.is_money:
        raise ValueError("an index is money or a chance as another")
    mid, high = (read_number(found[name], lambda value: value >= 0) for name in ("mid", "high"))
    if high < mid:
        raise ValueError("the levels of an index do not rise")
    scale = _scale(found["scale"]) if found["scale"] is not None else None
    return Gauge(columns, curves, scale, mid, high)


def _scale(found: Mapping[str, Any]) -> Scale:
    _require_fields(found, {"score", "amount"})
    points = len(found["score"])
    if not 1 <= points <= _MOST_POINTS:
        raise ValueError("a scale has no points or too many")
    score, amount = (read_array(found[name], (points,)) for name in ("score", "amount"))
    if (np.diff(score) < 0).any() or (np.diff(amount) < 0).any() or (amount < 0).any():
        raise ValueError("a scale does not rise from 0")
    return Scale(score, amount)


def _require_fields(found: Mapping[str, Any], expected: set[str]) -> None:
    if set(found) != expected:
        raise ValueError(f"fields {sorted(set(found) ^ expected)}")

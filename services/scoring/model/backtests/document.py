"""A backtest as the document that is stored, answered and drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Literal, Self

import numpy as np

from services.scoring.domain.days import day_of
from services.scoring.model.backtests import report_words as words
from services.scoring.model.backtests.backtest import Backtest, KnownThen
from services.scoring.model.backtests.card import card_from, card_of
from services.scoring.model.backtests.confusion import TIERS, misses_of
from services.scoring.model.backtests.measured import (
    Contender,
    Measured,
    measure_population,
    probabilistic,
)
from services.scoring.model.backtests.segments import Segment
from services.scoring.model.backtests.stability import CutoffFigures
from services.scoring.model.baselines.baselines import expected_by_purchases
from services.scoring.model.curves import FloatArray
from services.scoring.model.evaluation import Accuracy, Difference
from services.scoring.model.learning.calibration import gains_curve
from services.scoring.model.learning.rehearsal import rehearsed
from services.scoring.model.learning.training import Trained
from services.scoring.model.value_model import ValueModel
from shared.contracts import backtest as wire
from shared.money import exponent_of

Kind = Literal["rehearsal", "backtest", "realised"]
_DIGITS: Final = 6
#: Figures of accuracy as training stores them in a manifest; a suffix names the score.
_FLAT: Final = ("gini", "hit20", "cap20", "cap5", "spearman", "auc", "bias")
_SCORES: Final = (("tierline", ""), ("decayed", "_decayed"), ("past", "_past_spend"))


@dataclass(frozen=True, slots=True)
class Currency:
    """What money is counted in: `minor` minor units are one major unit."""

    code: str | None = None
    minor: int = 100

    @classmethod
    def of(cls, code: str | None) -> Self:
        """Take a currency by its code; cents where nobody says."""
        return cls(code, 10 ** exponent_of(code or ""))


@dataclass(frozen=True, slots=True)
class Judged:
    """A backtest with its document; `is_kept` says whether a model has it now."""

    found: Backtest
    document: wire.BacktestDocument
    is_kept: bool = False


def document_of(
    found: Backtest,
    *,
    kind: Kind,
    model_version: str,
    measured_at: datetime,
    currency: Currency = Currency(),
) -> wire.BacktestDocument:
    """Write a backtest as a document; what has no meaning becomes null, money major units."""
    return wire.BacktestDocument(
        kind=kind,
        model_version=model_version,
        measured_at=measured_at,
        cutoff=found.cutoff,
        until=found.until,
        **_parts(found.measured, currency),
        stability=[_at_cutoff(each) for each in found.stability],
        as_known=_as_known(found.known_then),
        indices=_indices(found.trained.model),
        warnings=list(found.warnings),
        card=card_of(found.trained.model),
    )


def _parts(found: Measured, currency: Currency) -> dict[str, Any]:
    """Write what is measured of any population."""
    population, minor = found.population, currency.minor
    return {
        "currency": currency.code,
        "customers": len(population),
        "buyers": int(population.bought.sum()),
        "headline": words.headline(found.contenders[0].accuracy, _decayed(found.contenders)),
        "contenders": [_contender(each) for each in found.contenders],
        "perfect_gains": _gains(gains_curve(population.spend, population.spend)),
        "coverage": figure(found.coverage),
        "chance_error": figure(found.chance_error),
        "deciles": _deciles(found, minor),
        "chances": [wire.ChanceGroup(**_rounded(asdict(each))) for each in found.chances],
        "confusion": _confusion(found.confusion),
        "misses": wire.Misses(**_rounded(asdict(misses_of(found.confusion)))),
        "segments": [_segment(each, minor) for each in found.segments],
        "without_surprise": _surprise(found),
    }


def rehearsal_of(
    trained: Trained, measured_at: datetime, currency: Currency = Currency()
) -> wire.BacktestDocument:
    """Write the rehearsal that training made of a model, on the customers it held out."""
    manifest, found = trained.model.manifest, rehearsed(trained)
    if found is None:
        return rehearsal_document(asdict(manifest), manifest.metrics, measured_at)
    start, horizon = trained.holdout.cutoff, manifest.horizon_days
    others, missing = probabilistic(found, lambda: expected_by_purchases(found.X, horizon))
    return wire.BacktestDocument(
        kind="rehearsal",
        model_version=manifest.version,
        measured_at=measured_at,
        cutoff=day_of(start),
        until=day_of(start + horizon),
        **_parts(measure_population(found, trained.decayed_half_life, others), currency),
        indices=_indices(trained.model),
        warnings=[*manifest.warnings, *missing],
        card=card_of(trained.model),
    )


def rehearsal_document(
    manifest: Mapping[str, Any], metrics: Mapping[str, float], measured_at: datetime
) -> wire.BacktestDocument:
    """Write what training measured of a model (flat figures, `gini_decayed` ...) as a document."""
    contenders = [_flat_contender(key, suffix, metrics) for key, suffix in _SCORES]
    ours, decayed = (_accuracy(metrics, suffix) for _, suffix in _SCORES[:2])
    return wire.BacktestDocument(
        kind="rehearsal",
        model_version=manifest["version"],
        measured_at=measured_at,
        cutoff=None,
        until=None,
        customers=int(metrics.get("holdout_customers", 0)),
        buyers=int(metrics.get("holdout_buyers", 0)),
        headline=words.headline(ours, decayed),
        contenders=contenders,
        coverage=figure(metrics.get("interval_coverage")),
        chance_error=figure(metrics.get("p_buy_error")),
        indices=manifest.get("indices"),
        warnings=list(manifest["warnings"]),
        card=card_from(manifest),
    )


def _flat_contender(key: str, suffix: str, metrics: Mapping[str, float]) -> wire.Contender:
    names = ("gini", "gini_low", "gini_high", "hit20", "hit20_low", "hit20_high")
    lead = {name: figure(metrics.get(f"lead_{name}")) for name in names}
    return wire.Contender(
        key=key,
        name=words.contender(key, None),
        accuracy=wire.BacktestAccuracy(**_rounded(asdict(_accuracy(metrics, suffix)))),
        lead=wire.BacktestLead(**lead) if key == "decayed" else None,
    )


def _accuracy(metrics: Mapping[str, float], suffix: str) -> Accuracy:
    return Accuracy(**{name: metrics.get(name + suffix, math.nan) for name in _FLAT})


def figure(value: float | None) -> float | None:
    """Round a figure; null for what has no meaning."""
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), _DIGITS)


def _rounded(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: figure(value) if isinstance(value, float) else value
        for name, value in figures.items()
    }


def _decayed(contenders: Iterable[Contender]) -> Accuracy | None:
    return next((each.accuracy for each in contenders if each.key == "decayed"), None)


def _contender(each: Contender) -> wire.Contender:
    return wire.Contender(
        key=each.key,
        name=words.contender(each.key, each.name),
        accuracy=_figures(each.accuracy),
        lead=lead_of(each.lead),
        gains=_gains(each.gains),
    )


def _gains(curve: FloatArray) -> list[float]:
    return [round(share, 5) for share in curve.tolist()]


def _figures(accuracy: Accuracy) -> wire.BacktestAccuracy:
    return wire.BacktestAccuracy(**_rounded(asdict(accuracy)))


def lead_of(lead: Difference | None) -> wire.BacktestLead | None:
    """Write a lead."""
    return None if lead is None else wire.BacktestLead(**_rounded(asdict(lead)))


def _deciles(found: Measured, minor: int) -> list[wire.Decile]:
    money = ("predicted", "spent", "spent_low", "spent_high")
    return [
        wire.Decile(
            decile=place,
            **_rounded(asdict(each) | {name: getattr(each, name) / minor for name in money}),
        )
        for place, each in enumerate(found.deciles, start=1)
    ]


def _confusion(matrix: FloatArray) -> list[wire.ConfusionRow]:
    return [
        wire.ConfusionRow(predicted=tier.value, high=row[0], mid=row[1], low=row[2])
        for tier, row in zip(TIERS, np.round(matrix, 3).tolist(), strict=True)
    ]


def _indices(model: ValueModel) -> dict[str, Any] | None:
    """Write what was measured of every index; null where none was tried."""
    found = model.indices.figures()
    return {key: _rounded(figures) for key, figures in found.items()} or None


def _at_cutoff(each: CutoffFigures) -> wire.CutoffFigures:
    return wire.CutoffFigures(
        cutoff=day_of(each.cutoff),
        until=day_of(each.until),
        customers=each.customers,
        gini=figure(each.accuracy.gini),
        hit20=figure(each.accuracy.hit20),
        cap20=figure(each.accuracy.cap20),
        lead=lead_of(each.lead),
    )


def _segment(each: Segment, minor: int) -> wire.SegmentFigures:
    return wire.SegmentFigures.model_validate(
        {
            "dimension": each.dimension,
            "segment": each.name,
            "name": words.segment(each.dimension, each.name),
            "customers": each.customers,
            "bought": figure(each.bought),
            "predicted": figure(each.predicted / minor),
            "spent": figure(each.spent / minor),
            "bias": figure(each.accuracy.bias),
            "gini": figure(each.accuracy.gini),
            "hit20": figure(each.accuracy.hit20),
            "coverage": figure(each.coverage),
            "lead": lead_of(each.lead),
            "flags": list(each.flags),
        }
    )


def _surprise(found: Measured) -> wire.Surprise:
    return wire.Surprise(
        share_of_spend=figure(found.surprise.share),
        accuracy=_figures(found.surprise.accuracy),
        lead=lead_of(found.surprise.lead),
    )


def _as_known(then: KnownThen | None) -> wire.AsKnown | None:
    if then is None:
        return None
    return wire.AsKnown(
        customers=then.customers,
        rows_left_out=then.rows_left_out,
        accuracy=None if then.accuracy is None else _figures(then.accuracy),
        lead=lead_of(then.lead),
        refused=then.refused,
    )

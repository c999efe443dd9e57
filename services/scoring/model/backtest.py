"""Trains on a file's past, predicts its future, and compares with what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum

import numpy as np

from services.scoring.domain.days import day_number, day_of
from services.scoring.domain.features import features
from services.scoring.model.baselines import past_spend, rfm_sum
from services.scoring.model.curves import FloatArray
from services.scoring.model.errors import FileRefused
from services.scoring.model.evaluation import (
    Accuracy,
    Difference,
    Ranking,
    calibration_error,
    compare,
    measure,
)
from services.scoring.model.plan import plan_training
from services.scoring.model.samples import spend_between
from services.scoring.model.training import Progress, Trained, train
from services.scoring.model.transactions import Transactions
from services.scoring.model.value_model import Scores

HIGH_SHARE = 0.20
MID_SHARE = 0.30


class Tier(StrEnum):
    """Value tiers by rank: the top 20 %, the next 30 %, the rest."""

    HIGH = "high"
    MID = "mid"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Contender:
    """A score in the comparison; `lead` is the model's lead over it."""

    name: str
    accuracy: Accuracy
    lead: Difference | None


@dataclass(frozen=True, slots=True)
class Backtest:
    """Predictions for every customer seen before the cut-off, and what they then spent."""

    cutoff: date
    until: date
    customer_ids: list[str]
    scores: Scores
    tiers: list[Tier]
    spend: FloatArray
    contenders: tuple[Contender, ...]
    gini_without_surprise: float
    interval_coverage: float
    chance_error: float
    trained: Trained
    warnings: tuple[str, ...]


def run_backtest(
    transactions: Transactions,
    cutoff: date,
    until: date,
    *,
    progress: Progress = lambda done, text: None,
) -> Backtest:
    """Train on the days before the cut-off and judge the net spend in [cutoff, until).

    Raises FileRefused where the dates lie outside the file, TrainingRefused where its history
    is too short or too thin.
    """
    days = transactions.days
    first, last = int(days.date.min()), int(days.date.max())
    start, stop = day_number(cutoff), day_number(until)
    _require_dates(first, start, last, stop)
    trained = train(
        days,
        plan_training(first, start),
        version=f"backtest-{cutoff}",
        created_at=datetime.combine(cutoff, time(), UTC),
        progress=lambda done, text: progress(0.8 * done, text),
    )
    progress(0.8, "scoring every customer")
    known = np.flatnonzero(days.date[days.offsets[:-1]] < start)
    X = features(days, start, first, customers=known)
    scores = trained.model.score(X, horizon_days=stop - start)
    spend = spend_between(days, start, stop, known)
    progress(0.85, "comparing with plain scores")
    judged = _judge(trained, X, scores, spend)
    progress(1.0, "done")
    return Backtest(
        cutoff=cutoff,
        until=until,
        customer_ids=[transactions.customer_ids[position] for position in known],
        scores=scores,
        tiers=tiers_by_rank(scores.raw),
        spend=spend,
        contenders=judged,
        gini_without_surprise=_gini_without_surprise(scores.value, spend),
        interval_coverage=_coverage(scores, spend),
        chance_error=calibration_error(scores.p_buy, spend > 0),
        trained=trained,
        warnings=(*trained.model.manifest.warnings, *_warnings(last, stop, spend)),
    )


def _require_dates(first: int, start: int, last: int, stop: int) -> None:
    if stop <= start:
        raise FileRefused("--until must lie after --cutoff.")
    if not first < start <= last:
        raise FileRefused(
            f"The cut-off {day_of(start)} lies outside the data, which run from {day_of(first)} "
            f"to {day_of(last)}."
        )


def _warnings(last: int, stop: int, spend: FloatArray) -> list[str]:
    found: list[str] = []
    if last + 1 < stop:
        found.append(f"The data end on {day_of(last)}: spend until {day_of(stop)} is incomplete.")
    if not (spend > 0).any():
        found.append("Nobody bought after the cut-off: accuracy cannot be measured.")
    return found


def tiers_by_rank(score: FloatArray) -> list[Tier]:
    """Give the best fifth the high tier, the next three tenths the middle one.

    Equal scores are told apart by their position, so that shares hold exactly.
    """
    place = np.empty(len(score))
    place[np.argsort(-score, kind="stable")] = np.arange(len(score)) / len(score)
    return [
        Tier.HIGH if part < HIGH_SHARE else Tier.MID if part < HIGH_SHARE + MID_SHARE else Tier.LOW
        for part in place.tolist()
    ]


def _judge(
    trained: Trained, X: FloatArray, scores: Scores, spend: FloatArray
) -> tuple[Contender, ...]:
    plain = (
        (f"decayed spend ({trained.decayed_half_life} d)", X[:, trained.decayed_column]),
        ("past spend", past_spend(X)),
        ("RFM quintile sum", rfm_sum(X)),
    )
    ours = measure(scores.value, spend, chance=scores.p_buy)
    return (
        Contender("Tierline", ours, None),
        *(
            Contender(
                name,
                measure(score, spend, is_money=False),
                compare(scores.value, score, spend) if (spend > 0).any() else None,
            )
            for name, score in plain
        ),
    )


def _gini_without_surprise(value: FloatArray, spend: FloatArray) -> float:
    """Measure again without the customer whose spend, times those ranked above, is largest."""
    above = len(value) - Ranking.of(value).ranks(np.ones(len(value)))
    kept = np.ones(len(spend), dtype=bool)
    kept[np.argmax(spend * above)] = False
    return measure(value[kept], spend[kept]).gini


def _coverage(scores: Scores, spend: FloatArray) -> float:
    """Count the buyers whose spend falls within their interval."""
    bought = spend > 0
    if not bought.any():
        return float("nan")
    inside = (scores.low <= spend) & (spend <= scores.high)
    return float(inside[bought].mean())

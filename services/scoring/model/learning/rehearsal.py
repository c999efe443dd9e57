"""What training held out, as customers with predictions: a backtest that costs nothing."""

from __future__ import annotations

import numpy as np

from services.scoring.model.backtests.population import Population
from services.scoring.model.curves import FloatArray
from services.scoring.model.interval import fit_interval
from services.scoring.model.learning.fit import Fitted
from services.scoring.model.learning.samples import Sample
from services.scoring.model.learning.training import Trained
from services.scoring.model.value_model import Scores

# A range learnt from fewer buyers of each half says nothing.
_FEWEST_BUYERS = 30


def rehearsed(trained: Trained) -> Population | None:
    """Score the held-out customers by the model that had not seen them.

    None where nothing was held out or too few of them bought. Channels are not told apart: samples
    do not hold them.
    """
    fitted, holdout = trained.rehearsed, trained.holdout
    if trained.check.in_sample or holdout.bought.sum() < _FEWEST_BUYERS:
        return None
    raw, chance = fitted.raw_score(holdout.X), fitted.chance(holdout.X)
    low, high = _ranges(fitted, holdout, raw * fitted.level / chance)
    return Population(
        X=holdout.X,
        scores=Scores(raw=raw, value=raw * fitted.level, p_buy=chance, low=low, high=high),
        spend=holdout.spend,
        decayed=holdout.X[:, trained.decayed_column],
        online=np.zeros(len(holdout.spend), dtype=np.int64),
    )


def _ranges(fitted: Fitted, holdout: Sample, expected: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give each half of the buyers, and those who bought not, the range of the other half."""
    order = np.zeros(len(expected), dtype=np.int64)
    order[holdout.bought] = np.arange(holdout.bought.sum())
    is_odd = order % 2 == 1
    low, high = np.empty_like(expected), np.empty_like(expected)
    for half in (is_odd, ~is_odd):
        seen = holdout.bought & ~half
        interval = fit_interval(expected[seen], holdout.spend[seen], fitted.level)
        low[half], high[half] = interval.around(expected[half], fitted.level)
    return low, high

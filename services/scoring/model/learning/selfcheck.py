"""The model's own backtest: judged on customers or days it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from services.scoring.domain.features import FEATURE_NAMES
from services.scoring.model.curves import FloatArray
from services.scoring.model.evaluation import (
    Accuracy,
    Difference,
    calibration_error,
    compare,
    measure,
)
from services.scoring.model.interval import SpendInterval, fit_interval
from services.scoring.model.learning.fit import Fitted
from services.scoring.model.learning.samples import Sample

SMALL_CUSTOMERS = 1_000
SMALL_BUYERS = 100
_NET = FEATURE_NAMES.index("net")
_EVEN, _ODD = slice(0, None, 2), slice(1, None, 2)


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """Figures on held-out customers, beside decayed and past spend."""

    customers: int
    buyers: int
    model: Accuracy
    decayed: Accuracy
    past: Accuracy
    difference: Difference
    coverage: float
    chance_error: float
    #: Too few bought to hold any out: judged on the rows it was fitted to.
    in_sample: bool = False
    #: The lead of the full model, where decayed spend alone took its place and is judged here.
    given_up: Difference | None = None

    @property
    def is_small(self) -> bool:
        """Say whether the hold-out is too small to trust a model that does not lead."""
        return self.customers < SMALL_CUSTOMERS or self.buyers < SMALL_BUYERS

    @property
    def prefers_decayed(self) -> bool:
        """Say whether decayed spend alone is safer, as in a small shop without a clear lead."""
        if self.given_up is not None:
            return True
        lacks_lead = not self.difference.gini_low > 0  # NaN: nobody bought
        unsure = self.in_sample or (self.is_small and lacks_lead)
        return self.difference.is_worse or unsure

    def metrics(self) -> dict[str, float]:
        """Flatten the figures for the manifest; what could not be measured is left out."""
        named = {
            **asdict(self.model),
            **{f"{name}_decayed": value for name, value in asdict(self.decayed).items()},
            **{f"{name}_past_spend": value for name, value in asdict(self.past).items()},
            **{f"lead_{name}": value for name, value in asdict(self.difference).items()},
            "interval_coverage": self.coverage,
            "p_buy_error": self.chance_error,
            "holdout_customers": float(self.customers),
            "holdout_buyers": float(self.buyers),
        }
        return {name: float(value) for name, value in named.items() if np.isfinite(value)}


def check_fit(
    fitted: Fitted, holdout: Sample, decayed_column: int, *, in_sample: bool = False
) -> SelfCheck:
    """Judge a fit on a sample it has not seen."""
    value, chance = fitted.raw_score(holdout.X) * fitted.level, fitted.chance(holdout.X)
    decayed = holdout.X[:, decayed_column]
    return SelfCheck(
        customers=len(holdout.spend),
        buyers=int(holdout.bought.sum()),
        model=measure(value, holdout.spend, chance=chance),
        decayed=measure(decayed, holdout.spend, is_money=False),
        past=measure(holdout.X[:, _NET], holdout.spend, is_money=False),
        difference=compare(value, decayed, holdout.spend),
        coverage=_coverage(fitted, holdout),
        chance_error=calibration_error(chance, holdout.bought),
        in_sample=in_sample,
    )


def interval_of(fitted: Fitted, samples: Sequence[Sample]) -> SpendInterval:
    """Learn the interval of spend given a purchase from the buyers of samples."""
    expected, spend = _buyers(fitted, samples)
    return fit_interval(expected, spend, fitted.level)


def _buyers(fitted: Fitted, samples: Sequence[Sample]) -> tuple[FloatArray, FloatArray]:
    """Give what buyers were expected to spend given a purchase, and what they spent."""
    X = np.concatenate([sample.X[sample.bought] for sample in samples])
    spend = np.concatenate([sample.spend[sample.bought] for sample in samples])
    return fitted.raw_score(X) * fitted.level / fitted.chance(X), spend


def _coverage(fitted: Fitted, holdout: Sample) -> float:
    """Give each half of the buyers the range of the other half, and count those inside.

    Both halves are judged: one alone has twice the noise that the gate allows for.
    """
    expected, spend = _buyers(fitted, [holdout])
    if len(spend) < 2:
        return float("nan")
    inside = np.zeros(len(spend), dtype=bool)
    for seen, judged in ((_EVEN, _ODD), (_ODD, _EVEN)):
        interval = fit_interval(expected[seen], spend[seen], fitted.level)
        low, high = interval.around(expected[judged], fitted.level)
        inside[judged] = (low <= spend[judged]) & (spend[judged] <= high)
    return float(inside.mean())


def split_sample(sample: Sample) -> tuple[Sample, Sample]:
    """Split a sample into every other customer."""
    halves = (_EVEN, _ODD)
    first, second = (Sample(sample.cutoff, sample.X[half], sample.spend[half]) for half in halves)
    return first, second

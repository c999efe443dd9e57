"""The served value model: plain arrays, a manifest, and how they turn features into an answer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.features import FEATURES, HALF_LIVES
from services.scoring.model.curves import Curves, FloatArray
from services.scoring.model.interval import SpendInterval
from services.scoring.model.outcomes.indices import EMPTY as NO_INDICES
from services.scoring.model.outcomes.indices import Indices
from services.scoring.model.reference import EMPTY as NO_REFERENCE
from services.scoring.model.reference import Reference
from services.scoring.model.season import EMPTY as NO_SEASON
from services.scoring.model.season import Season


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model was made from and how well it did; written into its artefact."""

    version: str
    kind: str
    created_at: datetime
    feature_hash: str
    horizon_days: int
    cutoffs: tuple[date, ...]
    trained_from: date
    trained_until: date
    customers: int
    rows: int
    metrics: dict[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    parity: float = 0.0
    #: Which code trained it; empty for models older than this field.
    code_version: str = ""


@dataclass(frozen=True, slots=True)
class Scores:
    """Answers per row: money in minor units over the horizon asked.

    `low` and `high` hold the spend of four customers in five of those who buy at all.
    """

    raw: FloatArray
    value: FloatArray
    p_buy: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a raw score is what it is: log(raw) = base + the sum of the parts.

    A part is the feature's curve at the customer minus the curve at the median customer, whose
    log score is `base`. `parts` (n_rows, n_features_used), columns in the order of `names`.
    """

    base: float
    names: tuple[str, ...]
    groups: tuple[str, ...]
    parts: FloatArray


@dataclass(frozen=True, slots=True)
class ValueModel:
    """Everything a serving process needs; rows of X hold all FEATURES, in their order.

    `columns` and `buy_columns` are the features of the two sets of curves; one that comes twice
    has two curves, which add up. `spend` gives the log of spend relative to the mean of the
    training cut-offs, `buy` the log odds of net spend above 0 within the horizon; `level` is the
    money a raw score of 1 stands for over the training horizon (minor units). `persistence` < 1
    says that chances grow slower than the horizon, as customers are lost on the way.
    """

    manifest: Manifest
    columns: tuple[int, ...]
    spend: Curves
    buy_columns: tuple[int, ...]
    buy: Curves
    interval: SpendInterval
    level: float
    persistence: float
    indices: Indices = NO_INDICES
    season: Season = NO_SEASON
    reference: Reference = NO_REFERENCE
    typical: tuple[float, ...] = ()  # the median customer in `columns`; empty where not kept

    @property
    def months(self) -> tuple[float, ...]:
        """Give the factors to compute features with; empty where no month stands out."""
        return self.season.outstanding

    def raw_score(self, X: NDArray[np.number]) -> FloatArray:
        """Predict spend relative to the mean customer of the training cut-offs: (n,), > 0."""
        return np.exp(self.spend.predict_log(X[:, self.columns]))

    def chance(self, X: NDArray[np.number], *, horizon_days: int | None = None) -> FloatArray:
        """Predict the probability of net spend above 0 within the horizon."""
        log_odds = self.buy.predict_log(X[:, self.buy_columns])
        stretch = ((horizon_days or self.manifest.horizon_days) / self.manifest.horizon_days) ** (
            self.persistence
        )
        # 1 - (1 - p)^stretch, through log(1 - p) so that small chances keep their digits
        chance: FloatArray = -np.expm1(-stretch * np.logaddexp(0.0, log_odds))
        return chance

    def score(
        self, X: NDArray[np.number], *, horizon_days: int | None = None, start: int | None = None
    ) -> Scores:
        """Score rows for the training horizon or another one, to which money grows linearly.

        `start`, the first day of the horizon, brings the season of the days ahead into the money;
        raw scores and chances know no season.
        """
        raw = self.raw_score(X)
        chance = self.chance(X, horizon_days=horizon_days)
        ahead = horizon_days or self.manifest.horizon_days
        season = 1.0 if start is None else self.season.ratio(start, ahead)
        level = self.level * season * (ahead / self.manifest.horizon_days)
        value = raw * level
        low, high = self.interval.around(value / chance, level)
        return Scores(raw=raw, value=value, p_buy=chance, low=low, high=high)

    def explain(self, X: NDArray[np.number]) -> Explanation:
        """Split each row's log score into parts per feature, relative to the median customer."""
        used = [FEATURES[column] for column in self.columns]
        return Explanation(
            base=self.spend.intercept,
            names=tuple(feature.name for feature in used),
            groups=tuple(feature.group for feature in used),
            parts=self.spend.parts(X[:, self.columns]).T,
        )


# What else is said of a feature (words, sources) does not change a number.
_DEFINING = ("name", "unit", "group", "direction", "window_days")


def feature_hash() -> str:
    """Name the feature definition a model was trained on; another definition, another name."""
    offered = [feature for feature in FEATURES if feature.role == "value"]
    described = repr(
        ([{name: getattr(feature, name) for name in _DEFINING} for feature in offered], HALF_LIVES)
    )
    return hashlib.sha256(described.encode()).hexdigest()[:16]

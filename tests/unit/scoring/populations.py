"""Customers of a made-up backtest, where tests say only what matters."""

import numpy as np
from numpy.typing import ArrayLike

from services.scoring.domain.features import FEATURE_NAMES
from services.scoring.model.backtests.population import Population
from services.scoring.model.value_model import Scores


def population(
    value: ArrayLike,
    spend: ArrayLike,
    *,
    chance: ArrayLike = 0.5,
    within: tuple[float, float] = (0.0, np.inf),
    online: ArrayLike = 0,
    **columns: ArrayLike,
) -> Population:
    """Make a population; `within` is everybody's range, `columns` name features."""
    worth = np.asarray(value, dtype=np.float64)
    X = np.zeros((len(worth), len(FEATURE_NAMES)))
    for name, values in columns.items():
        X[:, FEATURE_NAMES.index(name)] = values
    ones = np.ones(len(worth))
    return Population(
        X=X,
        scores=Scores(
            raw=worth,
            value=worth,
            p_buy=ones * np.asarray(chance),
            low=ones * within[0],
            high=ones * within[1],
        ),
        spend=np.asarray(spend, dtype=np.float64),
        decayed=worth,
        online=np.ones(len(worth), dtype=np.int64) * np.asarray(online),
    )

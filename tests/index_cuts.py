"""Cut-offs with what happened after them, drawn so that a test knows the truth."""

from dataclasses import replace

import numpy as np

from services.scoring.domain.features import FEATURE_NAMES, FEATURES
from services.scoring.model.curves import FloatArray
from services.scoring.model.outcomes.outcomes import OUTCOMES, Cut, Key, Outcome


def column(name: str) -> int:
    return FEATURE_NAMES.index(name)


def outcome(key: Key) -> Outcome:
    return next(each for each in OUTCOMES if each.key == key)


def make_cut(seed: int, customers: int = 1500, *, has_past: bool = True) -> Cut:
    """Draw customers whose features say nothing of what follows."""
    rng = np.random.default_rng(seed)
    X = np.zeros((customers, len(FEATURES)))
    for name in ("net", "mean_order_day", "net_91d", "net_decayed_45d", "net_decayed_120d"):
        X[:, column(name)] = rng.gamma(1.0, 5000.0, customers)
    X[:, column("order_days")] = rng.integers(1, 3, customers)
    X[:, column("recency")] = rng.integers(1, 200, customers)
    X[:, column("orders_91d")] = rng.integers(0, 4, customers)
    X[:, column("social_decayed_45d")] = rng.gamma(0.5, 2.0, customers)
    X[:, column("referrals")] = rng.integers(0, 2, customers)
    return Cut(
        X=X,
        past_spend=rng.gamma(1.0, 3000.0, customers),
        spend=np.where(rng.random(customers) < 0.4, rng.gamma(1.0, 3000.0, customers), 0.0),
        early_days=rng.integers(0, 2, customers),
        late_days=rng.integers(0, 2, customers),
        referrals=(rng.random(customers) < 0.3).astype(np.int64),
        has_past=has_past,
    )


def make_cuts(seed: int = 1, *, has_past: bool = True) -> list[Cut]:
    """Draw four cut-offs."""
    return [make_cut(10 * seed + place, has_past=has_past) for place in range(4)]


def with_referrals(cut: Cut, *, by: str, seed: int = 3) -> Cut:
    """Let referrals follow a feature: those above its median refer four times as often."""
    values: FloatArray = cut.X[:, column(by)]
    chance = np.where(values > np.median(values), 0.4, 0.1)
    drawn = np.random.default_rng(seed).random(len(values)) < chance
    return replace(cut, referrals=drawn.astype(np.int64))

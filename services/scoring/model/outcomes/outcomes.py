"""What each index claims of the future, what it sees for it, and the plain rules it must beat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.days import CustomerDays, IntArray
from services.scoring.domain.features import FEATURE_NAMES, features
from services.scoring.model.curves import FloatArray
from services.scoring.model.learning.samples import seen_before, spend_between

Metric = Literal["auc", "spearman"]
Key = Literal["growth", "loyalty", "influence", "new_high", "new_again"]
TOP_SHARE: Final = 0.20
_ORDER_DAYS = FEATURE_NAMES.index("order_days")


@dataclass(frozen=True, slots=True)
class Cut:
    """Customers at a cut-off: X (n, n_features) and `past_spend` before it, the rest after it.

    `past_spend` and `spend` are the net of the horizon before and after; `early_days` and
    `late_days` the order days in its halves, `referrals` those made in it.
    """

    X: FloatArray
    past_spend: FloatArray
    spend: FloatArray
    early_days: IntArray
    late_days: IntArray
    referrals: IntArray
    has_past: bool

    def only(self, chosen: NDArray[np.bool_] | slice) -> Self:
        """Keep some of the customers."""
        return type(self)(
            X=self.X[chosen],
            past_spend=self.past_spend[chosen],
            spend=self.spend[chosen],
            early_days=self.early_days[chosen],
            late_days=self.late_days[chosen],
            referrals=self.referrals[chosen],
            has_past=self.has_past,
        )


def draw_cut(days: CustomerDays, cutoff: int, horizon_days: int, history_start: int) -> Cut:
    """Look at all customers known at a cut-off; the past horizon may reach before the history."""
    known, middle = seen_before(days, cutoff), cutoff + horizon_days // 2
    end = cutoff + horizon_days
    visits = (days.orders > 0).astype(np.int64)
    return Cut(
        X=features(days, cutoff, history_start, customers=known, columns=SEEN),
        past_spend=spend_between(days, cutoff - horizon_days, cutoff, known),
        spend=spend_between(days, cutoff, end, known),
        early_days=_count_between(days, visits, (cutoff, middle), known),
        late_days=_count_between(days, visits, (middle, end), known),
        referrals=_count_between(days, days.referrals, (cutoff, end), known),
        has_past=cutoff - horizon_days >= history_start,
    )


def _count_between(
    days: CustomerDays, counts: IntArray, between: tuple[int, int], customers: IntArray
) -> IntArray:
    start, stop = between
    counted = np.where((days.date >= start) & (days.date < stop), counts, 0)
    sums = np.concatenate(([0], np.cumsum(counted)))
    total: IntArray = sums[days.offsets[customers + 1]] - sums[days.offsets[customers]]
    return total


Reading = Callable[[Cut], FloatArray]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One index: what it claims (`happened`), its measure, its columns, and its plain rules.

    The rule an index must beat is the one of `rules` that does best on the very hold-out.
    `is_monotone`: the features may only move it the way they move spend.
    """

    key: Key
    metric: Metric
    happened: Reading
    columns: tuple[int, ...]
    rules: Mapping[str, Reading]
    is_monotone: bool = True
    is_money: bool = False
    needs_past: bool = False
    is_for_new: bool = False

    def concerns(self, X: NDArray[np.number]) -> NDArray[np.bool_]:
        """Say for whom it speaks: X (n, n_features), columns in FEATURES order."""
        everyone = np.ones(len(X), dtype=bool)
        return X[:, _ORDER_DAYS] == 1 if self.is_for_new else everyone


def _grown(cut: Cut) -> FloatArray:
    return np.maximum(cut.spend - cut.past_spend, 0.0)


def _loyal(cut: Cut) -> FloatArray:
    return np.asarray((cut.early_days > 0) & (cut.late_days > 0), dtype=np.float64)


def _referred(cut: Cut) -> FloatArray:
    return np.asarray(cut.referrals > 0, dtype=np.float64)


def _became_high(cut: Cut) -> FloatArray:
    place = max(1, round(TOP_SHARE * len(cut.spend)))
    least = np.partition(cut.spend, -place)[-place] if len(cut.spend) else 0.0
    return np.asarray((cut.spend >= least) & (cut.spend > 0), dtype=np.float64)


def _bought_again(cut: Cut) -> FloatArray:
    return np.asarray(cut.early_days + cut.late_days > 0, dtype=np.float64)


def _column(name: str, sign: int = 1) -> Reading:
    place = FEATURE_NAMES.index(name)
    return lambda cut: sign * cut.X[:, place]


def _places(*names: str) -> tuple[int, ...]:
    return tuple(FEATURE_NAMES.index(name) for name in names)


_BUYING = (
    "recency", "tenure", "order_days", "net", "mean_order_day", "span", "gap", "recency_over_gap",
    "order_rate", "net_rate", "last_order_day", "last_gap", "lines_per_order_day",
    "returns_share", "net_28d", "orders_28d", "net_91d", "orders_91d", "orders_182d",
    "net_decayed_45d", "orders_decayed_45d", "net_decayed_120d", "orders_decayed_120d",
)  # fmt: skip
_ENGAGED = (
    "discount_share", "online_share", "views_decayed_45d", "carts_decayed_45d",
    "browsing_days_28d", "feedback", "complaints",
)  # fmt: skip
_FIRST_ORDER = (
    "recency", "mean_order_day", "lines_per_order_day", "quantity_per_order_day",
    "returns_share", *_ENGAGED,
)  # fmt: skip
_REFERRING = ("recency", "order_days", "net", "orders_decayed_120d", "social_decayed_45d",
              "referrals", *_ENGAGED)  # fmt: skip
_RECENT: Final = ("recency", _column("recency", -1))
_FIRST_RULES: Final = {"first_amount": _column("mean_order_day"), _RECENT[0]: _RECENT[1]}

OUTCOMES: Final[tuple[Outcome, ...]] = (
    Outcome(
        key="growth",
        metric="spearman",
        happened=_grown,
        columns=_places(*_BUYING, *_ENGAGED),
        rules={
            "past_spend": _column("net"),
            "decayed_spend_45d": _column("net_decayed_45d"),
            "decayed_spend_120d": _column("net_decayed_120d"),
            "spent_least_lately": lambda cut: -cut.past_spend,
        },
        is_monotone=False,  # who spends much has the furthest to fall
        is_money=True,
        needs_past=True,
    ),
    Outcome(
        key="loyalty",
        metric="auc",
        happened=_loyal,
        columns=_places(*_BUYING, *_ENGAGED),
        rules={
            "order_days": _column("order_days"),
            "order_days_91d": _column("orders_91d"),
            _RECENT[0]: _RECENT[1],
        },
    ),
    Outcome(
        key="influence",
        metric="auc",
        happened=_referred,
        columns=_places(*_REFERRING),
        rules={"referrals": _column("referrals"), "past_spend": _column("net")},
    ),
    Outcome(
        key="new_high",
        metric="auc",
        happened=_became_high,
        columns=_places(*_FIRST_ORDER),
        rules=_FIRST_RULES,
        is_for_new=True,
    ),
    Outcome(
        key="new_again",
        metric="auc",
        happened=_bought_again,
        columns=_places(*_FIRST_ORDER),
        rules=_FIRST_RULES,
        is_for_new=True,
    ),
)
#: Every feature an index or a rule reads.
SEEN: Final = frozenset(_places(*_BUYING, *_ENGAGED, *_FIRST_ORDER, *_REFERRING))

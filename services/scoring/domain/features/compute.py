"""Computes features from packed days: one customer or a million, the same bits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.days import CustomerDays, IntArray
from services.scoring.domain.features import behaviour, purchases, single
from services.scoring.domain.features.season_free import season_free
from services.scoring.domain.features.table import FAMILIES, FEATURES, VALUE_COLUMNS
from services.scoring.domain.features.view import FloatArray, View, view_of

#: What computes each of FAMILIES.
_FORMULAS: Final[tuple[Callable[[View], FloatArray], ...]] = (
    purchases.basics,
    purchases.windowed,
    purchases.decayed,
    behaviour.money,
    behaviour.channel,
    behaviour.rhythm,
    behaviour.engagement,
    behaviour.visits,
    behaviour.feedback,
)


def features(  # noqa: PLR0913 - whom, when and what of them, each by its name
    days: CustomerDays,
    cutoff: NDArray[np.integer] | int,
    history_start: int,
    *,
    customers: NDArray[np.integer] | None = None,
    columns: Iterable[int] = VALUE_COLUMNS,
    months: Sequence[float] = (),
) -> FloatArray:
    """Compute features of each customer from the rows before the cut-off.

    Shape: (n, n_features), float64, columns in FEATURES order; those not in `columns` (positions
    in FEATURES, default: what the value model is offered) stay 0. `cutoff` is one day number or
    one per row of the answer; `customers` are positions in `days` (default: all, in order;
    repeat a position to see a customer at several dates). `history_start` is the shop's first
    day: a rate is never spread over days before it, and who never bought has it as recency. An
    undefined value (the gap of a customer with one order) is 0. `months`, as a value model has
    them, take its season out of the money. Each row depends on its own
    customer only, to the bit.
    """
    asked = np.arange(len(days)) if customers is None else np.asarray(customers, dtype=np.int64)
    wanted = frozenset(columns)
    seen = season_free(days, months)
    if len(asked) > single.MOST_ROWS:
        return _of_many(seen, cutoff, history_start, asked, wanted)
    cutoffs = [cutoff] * len(asked) if isinstance(cutoff, int) else np.asarray(cutoff).tolist()
    if wanted <= single.COVERED:
        return single.few_rows(seen, cutoffs, history_start, asked.tolist(), wanted)
    others = wanted - single.COVERED
    table = single.few_rows(seen, cutoffs, history_start, asked.tolist(), wanted - others)
    columns = sorted(others)
    table[:, columns] = _of_many(seen, cutoff, history_start, asked, others)[:, columns]
    return table


def _of_many(
    days: CustomerDays,
    cutoff: NDArray[np.integer] | int,
    history_start: int,
    asked: IntArray,
    wanted: frozenset[int],
) -> FloatArray:
    until = np.broadcast_to(np.asarray(cutoff, dtype=np.int64), asked.shape)
    view = view_of(days, until, asked, history_start)
    table = np.zeros((len(FEATURES), len(asked)))
    start = 0
    for family, formula in zip(FAMILIES, _FORMULAS, strict=True):
        places = range(start, start + len(family))
        start = places.stop
        if not wanted.isdisjoint(places):
            table[places.start : places.stop] = formula(view)
            if unwanted := [place for place in places if place not in wanted]:
                table[unwanted] = 0.0
    return np.ascontiguousarray(table.T)

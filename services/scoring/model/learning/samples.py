"""Rows to train and judge on: features at a cut-off, spend in the horizon after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.days import CustomerDays, IntArray
from services.scoring.domain.features import features
from services.scoring.model.curves import FloatArray

# One extreme order would otherwise decide the fit.
_CLIP_QUANTILE = 0.999


@dataclass(frozen=True, slots=True)
class Sample:
    """Customers at one cut-off: X (n, n_features) before it, net spend (n,) after it."""

    cutoff: int
    X: FloatArray
    spend: FloatArray

    @property
    def bought(self) -> NDArray[np.bool_]:
        """Say who had net spend above 0 in the horizon."""
        return self.spend > 0

    @property
    def relative_spend(self) -> FloatArray:
        """Spend as the model learns it: 0 at least, extremes clipped, the cut-off's mean 1.

        Dividing by the cut-off's own mean keeps the calendar out of the model.
        """
        clipped = np.maximum(self.spend, 0.0)
        clipped = np.minimum(clipped, np.quantile(clipped, _CLIP_QUANTILE))
        mean = clipped.mean()
        relative: FloatArray = clipped / mean if mean > 0 else clipped
        return relative


def seen_before(days: CustomerDays, cutoff: int) -> IntArray:
    """List the customers with an order or a return before the cut-off."""
    traded = np.concatenate(([0], np.cumsum((days.orders > 0) | (days.returns > 0))))
    stop = np.concatenate(([0], np.cumsum(days.date < cutoff)))
    # rows before the cut-off are the first of each customer's
    end = days.offsets[:-1] + np.diff(stop[days.offsets])
    return np.flatnonzero(traded[end] > traded[days.offsets[:-1]])


def spend_between(days: CustomerDays, start: int, stop: int, customers: IntArray) -> FloatArray:
    """Sum each customer's net booked spend in [start, stop)."""
    counted = np.where((days.date >= start) & (days.date < stop), days.net_booked, 0)
    sums = np.concatenate(([0], np.cumsum(counted)))
    total: FloatArray = (sums[days.offsets[customers + 1]] - sums[days.offsets[customers]]).astype(
        np.float64
    )
    return total


def draw_sample(
    days: CustomerDays, cutoff: int, horizon_days: int, history_start: int, *, most: int
) -> Sample:
    """Take the customers known at a cut-off, or `most` of them drawn with a fixed seed."""
    known = seen_before(days, cutoff)
    if len(known) > most:
        known = np.sort(np.random.default_rng(abs(cutoff)).choice(known, most, replace=False))
    return Sample(
        cutoff=cutoff,
        X=features(days, cutoff, history_start, customers=known),
        spend=spend_between(days, cutoff, cutoff + horizon_days, known),
    )

"""The served form of the additive model: one piecewise-linear curve per feature, in NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def compress(X: NDArray[np.number], units: FloatArray) -> FloatArray:
    """Squeeze long tails: sign(x) log(1 + |x| / unit) per column, with NaN as 0."""
    # For one row the calls are what takes time: nan_to_num and clip are several each.
    scaled = np.where(np.isfinite(X), X, 0.0) / units
    return np.copysign(np.log1p(np.abs(scaled)), scaled)


@dataclass(frozen=True, slots=True)
class Curves:
    """Curves over compressed features.

    `low` and `step` (n_features,): where a curve starts and how wide its segments are;
    `heights` (n_features, segments + 1): its value at every knot; outside, it is flat.
    """

    units: FloatArray
    low: FloatArray
    step: FloatArray
    heights: FloatArray
    intercept: float

    @property
    def feature_count(self) -> int:
        """Count the features a row must have."""
        return len(self.low)

    def parts(self, X: NDArray[np.number]) -> FloatArray:
        """Read every feature's curve at every row: (n_features, n_rows)."""
        z = compress(X, self.units).T
        segments = self.heights.shape[1] - 1
        place = z - self.low[:, None]
        place /= self.step[:, None]
        np.maximum(place, 0.0, out=place)
        np.minimum(place, segments, out=place)
        left = np.minimum(place.astype(np.intp), segments - 1)
        knots = left + np.arange(0, self.heights.size, segments + 1)[:, None]
        below: FloatArray = self.heights.take(knots)
        above: FloatArray = self.heights.take(knots + 1)
        above -= below
        above *= place - left
        above += below
        return above

    def predict_log(self, X: NDArray[np.number]) -> FloatArray:
        """Add up the curves: (n_rows,), the same bits for a row alone and among others."""
        parts = self.parts(X)
        # accumulate adds feature after feature; sum and matmul choose their order by shape.
        total: FloatArray = np.add.accumulate(parts, axis=0)[-1] + self.intercept
        return total

    def raised(self, by: float) -> Self:
        """Add a constant to the score."""
        return replace(self, intercept=self.intercept + by)

    def relative_to(self, row: FloatArray) -> Self:
        """Shift every curve to 0 at one row; the intercept becomes that row's score."""
        at_row = self.parts(row[None, :])[:, 0]
        return replace(
            self,
            heights=self.heights - at_row[:, None],
            intercept=self.intercept + float(np.add.accumulate(at_row)[-1]),
        )


def blend_curves(members: Sequence[tuple[float, Curves]]) -> Curves:
    """Join curves into the weighted sum of their scores; all must have as many segments."""
    return Curves(
        units=np.concatenate([curves.units for _, curves in members]),
        low=np.concatenate([curves.low for _, curves in members]),
        step=np.concatenate([curves.step for _, curves in members]),
        heights=np.concatenate([weight * curves.heights for weight, curves in members]),
        intercept=sum(weight * curves.intercept for weight, curves in members),
    )

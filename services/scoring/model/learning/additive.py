"""Scikit-learn estimators: an additive, monotone, piecewise-linear GLM that explains itself."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits
from typing_extensions import override

from services.scoring.model.curves import Curves, FloatArray, compress

# exp(+-30) spans more money than exists; it keeps the line search away from overflow.
_LOG_LIMIT = 30.0
_TAIL = 0.0005
_POWER = 1.5
_MOST_ITERATIONS = 300


class _AdditiveModel(BaseEstimator):  # type: ignore[misc]
    """Fits one curve per feature; a subclass brings the loss.

    z = sign(x) log(1 + |x| / unit), clipped to quantiles of the training rows and standardised;
    each curve has `segments` equal-width linear pieces whose slopes are the parameters, with
    ridge `alpha` and the sign given by `directions` (-1, 0 or 1 per feature). Outside the range
    of the training rows a curve is flat, or goes on straight for `stretch` ranges. A curve that
    may only rise or fall does so by at least `floor` for each standard deviation.
    """

    def __init__(  # noqa: PLR0913 - scikit-learn wants every parameter by name
        self,
        *,
        segments: int = 5,
        alpha: float = 0.03,
        directions: ArrayLike | None = None,
        units: ArrayLike | None = None,
        stretch: int = 0,
        floor: float = 0.0,
    ) -> None:
        self.segments = segments
        self.alpha = alpha
        self.directions = directions
        self.units = units
        self.stretch = stretch
        self.floor = floor

    @abstractmethod
    def _loss(self, y: FloatArray, eta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Give each row's loss and its slope along the linear score."""

    def _fit_curves(self, X: FloatArray, y: FloatArray, *, start: float) -> Self:
        n_features = X.shape[1]
        units = np.ones(n_features) if self.units is None else np.asarray(self.units, np.float64)
        z = compress(X, units)
        low, high = np.quantile(z, [_TAIL, 1 - _TAIL], axis=0)
        z = np.clip(z, low, high)
        scale = z.std(axis=0)
        scale[scale <= 1e-12] = 1.0
        step = (high - low) / self.segments
        basis = self._basis(z, low, step) / np.repeat(scale, self.segments)
        # float32 halves the time of a fit; the figures of both shown sets moved by < .0003.
        weights = self._minimise(basis.astype(np.float32), y, start)
        slopes = weights[1:].reshape(n_features, self.segments) / scale[:, None]
        self.intercept_ = float(weights[0])
        self.coef_ = weights[1:]
        self.curves_ = self._read_curves(units, low, step, slopes)
        self._design = (units, low, step, scale)
        return self

    def _read_curves(
        self, units: FloatArray, low: FloatArray, step: FloatArray, slopes: FloatArray
    ) -> Curves:
        beyond = self.stretch * self.segments
        rises = np.pad(slopes, ((0, 0), (beyond, beyond)), mode="edge") * step[:, None]
        heights = np.cumsum(np.pad(rises, ((0, 0), (1, 0))), axis=1)
        return Curves(
            units=units,
            low=low - beyond * step,
            step=np.where(step > 0, step, 1.0),
            heights=heights - heights[:, [beyond]],
            intercept=self.intercept_,
        )

    def _basis(self, z: FloatArray, low: FloatArray, step: FloatArray) -> FloatArray:
        basis = np.empty((*z.shape, self.segments))
        beyond = self.stretch * self.segments * step
        for segment in range(self.segments):
            least = -beyond if segment == 0 else np.zeros_like(step)
            most = step + beyond if segment == self.segments - 1 else step
            np.clip(z - (low + segment * step), least, most, out=basis[:, :, segment])
        return basis.reshape(len(z), -1)

    def _minimise(self, basis: NDArray[np.float32], y: FloatArray, start: float) -> FloatArray:
        n, width = basis.shape

        def objective(weights: FloatArray) -> tuple[float, FloatArray]:
            eta = basis @ weights[1:].astype(np.float32) + weights[0]
            eta = np.clip(eta, -_LOG_LIMIT, _LOG_LIMIT)
            loss, slope = self._loss(y, eta)
            ridge = self.alpha * weights[1:]
            pull = slope.astype(np.float32) @ basis / n
            gradient = np.concatenate(([slope.mean()], pull + ridge))
            return float(loss.mean() + weights[1:] @ ridge / 2), gradient

        # One thread: two gain little on a memory-bound product and take a core from the reads.
        with threadpool_limits(limits=1):
            found = minimize(
                objective,
                np.concatenate(([start], np.zeros(width))),
                jac=True,
                method="L-BFGS-B",
                bounds=[(None, None), *self._bounds(width)],
                options={"maxiter": _MOST_ITERATIONS},
            )
        self.n_iter_ = int(found.nit)
        return np.asarray(found.x, dtype=np.float64)

    def _bounds(self, width: int) -> list[tuple[float | None, float | None]]:
        n_features = width // self.segments
        directions = (
            np.zeros(n_features) if self.directions is None else np.asarray(self.directions)
        )
        if directions.shape != (n_features,):
            raise ValueError(f"directions has {directions.size} entries for {n_features} features")
        return [
            (self.floor if way > 0 else None, -self.floor if way < 0 else None)
            for way in np.repeat(directions, self.segments)
        ]

    def _linear_score(self, X: ArrayLike) -> FloatArray:
        check_is_fitted(self)
        checked = validate_data(self, X, dtype=np.float64, reset=False)
        units, low, step, scale = self._design
        basis = self._basis(compress(checked, units), low, step) / np.repeat(scale, self.segments)
        return np.asarray(basis @ self.coef_ + self.intercept_)


class AdditiveTweedieRegressor(RegressorMixin, _AdditiveModel):  # type: ignore[misc]
    """Expected value of a non-negative target with many zeros: Tweedie deviance, log link."""

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit the curves; `y` must not be negative, nor zero everywhere."""
        rows, target = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        target = target.astype(np.float64)
        if (target < 0).any() or not (target > 0).any():
            raise ValueError("y must be non-negative with at least one positive value")
        mean = target.mean()  # the ridge must not depend on the currency
        self._fit_curves(rows, target / mean, start=0.0)
        self.intercept_ += float(np.log(mean))
        self.curves_ = self.curves_.raised(float(np.log(mean)))
        return self

    def predict(self, X: ArrayLike) -> NDArray[np.float64]:
        """Predict the expected target."""
        return np.exp(self._linear_score(X))

    @override
    def _loss(self, y: FloatArray, eta: FloatArray) -> tuple[FloatArray, FloatArray]:
        rise, fall = np.exp((2 - _POWER) * eta), y * np.exp((1 - _POWER) * eta)
        return rise / (2 - _POWER) - fall / (1 - _POWER), rise - fall

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.positive_only = True
        return tags


class AdditiveLogisticClassifier(ClassifierMixin, _AdditiveModel):  # type: ignore[misc]
    """Probability of one of two classes from the same curves, with logistic loss."""

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit the curves; `y` must hold exactly two classes."""
        rows, classes = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(classes)
        self.classes_, labels = np.unique(classes, return_inverse=True)
        if len(self.classes_) > 2:
            raise ValueError(
                "Only binary classification is supported. The type of the target is multiclass."
            )
        if len(self.classes_) < 2:
            raise ValueError("y holds one class only; a classifier needs two")
        share = labels.mean()
        start = float(np.log(share / (1 - share)))
        return self._fit_curves(rows, labels.astype(np.float64), start=start)

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Give the log odds of the second class."""
        return self._linear_score(X)

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Give the probability of each class."""
        second = 1.0 / (1.0 + np.exp(-self._linear_score(X)))
        return np.stack([1.0 - second, second], axis=1)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Name the likelier class."""
        second = self._linear_score(X) > 0
        chosen: NDArray[Any] = self.classes_[second.astype(int)]
        return chosen

    @override
    def _loss(self, y: FloatArray, eta: FloatArray) -> tuple[FloatArray, FloatArray]:
        return np.logaddexp(0.0, eta) - y * eta, 1.0 / (1.0 + np.exp(-eta)) - y

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

"""Fits BG/NBD: how many more days customers buy on, from frequency, recency and age alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaincinv, betaln, digamma, gammaln

from services.scoring.model.curves import FloatArray
from services.scoring.model.errors import BaselineUnavailable

# exp(-9) to exp(9): far beyond any shop's parameters, near enough to keep the search finite.
_LOG_LIMIT = 9.0
_START = (0.0, 1.0, 0.0, 1.0)
# Gauss-Legendre over the quantiles of the chance to leave.
_NODES = tuple((each + shift) / 2 for each, shift in zip(leggauss(48), (1.0, 0.0), strict=True))
_LEAST_CHANCE = 1e-200
# exp of more overflows; such a customer is gone for certain.
_LARGEST_LOG = 700.0


@dataclass(frozen=True, slots=True)
class Buying:
    """Customers' histories (n,): `repeats` after the first buying day, `last` and `age` in weeks.

    `last` is the time from the first to the last buying day, `age` from the first to the cut-off.
    """

    repeats: FloatArray
    last: FloatArray
    age: FloatArray


@dataclass(frozen=True, slots=True)
class BuyingModel:
    """Parameters of BG/NBD: buying rates are Gamma(r, alpha), drop-out chances Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float

    def expected(self, seen: Buying, weeks: float) -> FloatArray:
        """Expect the number of buying days in the coming weeks, given each history.

        Source: Fader, Hardie, Lee (2005), equation 10, before its last integral is solved: the
        closed form's 2F1 is infinite in scipy 1.17 for a busy customer just seen (1, 1; 101;
        .909), while a mean over drop-out chances is positive and monotone for anybody. Where both
        work they differ by 2e-5 at most over a quarter.
        """
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        x, waited = seen.repeats, alpha + seen.age
        levels, which = np.unique(x, return_inverse=True)
        still_there = np.zeros(len(x))
        for place, weight in zip(*_NODES, strict=True):
            leaving = np.maximum(betaincinv(a, b + levels, place), _LEAST_CHANCE)[which]
            bought = -np.expm1(-(r + x) * np.log1p(leaving * weeks / waited)) / leaving
            still_there += weight * bought
        gone = np.log(a / (b + np.maximum(x, 1) - 1))
        gone += (r + x) * np.log(waited / (alpha + seen.last))
        # who never came back has had no chance to leave
        odds = np.where(x > 0, np.exp(np.minimum(gone, _LARGEST_LOG)), 0.0)
        return np.asarray(still_there / (1 + odds), dtype=np.float64)


def fit_buying(seen: Buying) -> BuyingModel:
    """Find the likeliest parameters; equal histories count as one row.

    Raises BaselineUnavailable where nobody bought twice or the search does not settle.
    """
    if not (seen.repeats > 0).any():
        raise BaselineUnavailable("nobody bought on two days")
    likelihood = _Likelihood.of(seen)
    found = minimize(
        likelihood.loss,
        np.array(_START),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-_LOG_LIMIT, _LOG_LIMIT)] * len(_START),
    )
    if not np.isfinite(found.fun):
        raise BaselineUnavailable("BG/NBD has no likeliest parameters for these histories")
    # At a limit (nobody ever leaves, or all buy at one rate) the parameters still predict.
    return BuyingModel(*np.exp(found.x).tolist())


def log_likelihood(model: BuyingModel, seen: Buying) -> float:
    """Give the log likelihood of histories under a model."""
    logs = np.log([model.r, model.alpha, model.a, model.b])
    return -len(seen.age) * _Likelihood.of(seen).loss(logs)[0]


@dataclass(frozen=True, slots=True)
class _Likelihood:
    """The histories grouped: `counts` customers share a row, `repeats` points into `levels`."""

    levels: FloatArray
    repeats: NDArray[np.intp]
    last: FloatArray
    age: FloatArray
    counts: FloatArray

    @staticmethod
    def of(seen: Buying) -> _Likelihood:
        """Group equal histories, and the numbers of repeats among them."""
        rows, counts = np.unique(
            np.stack([seen.repeats, seen.last, seen.age], axis=1), axis=0, return_counts=True
        )
        levels, repeats = np.unique(rows[:, 0], return_inverse=True)
        return _Likelihood(levels, repeats, rows[:, 1], rows[:, 2], counts / counts.sum())

    def loss(self, logs: FloatArray) -> tuple[float, FloatArray]:
        """Give minus the mean log likelihood and its slope along the parameters' logs.

        Source: Fader, Hardie, Lee (2005), equation 6, in logs.
        """
        r, alpha, a, b = np.exp(logs)
        x, which = self.levels, self.repeats
        base = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)
        # a / (b + x - 1) only stands where there is a repeat: the last of them may be the end
        left = np.where(x > 0, np.log(a) - np.log(b + np.maximum(x, 1) - 1), -np.inf)
        power = (r + x)[which]
        stayed = -power * np.log(alpha + self.age)
        ended = left[which] - power * np.log(alpha + self.last)
        total = np.logaddexp(stayed, ended)
        share = np.exp(ended - total)
        value = self.counts @ (base[which] + total)
        return -float(value), -self._slope(np.array([r, alpha, a, b]), share)

    def _slope(self, parameters: FloatArray, share: FloatArray) -> FloatArray:
        r, alpha, a, b = parameters
        x, which = self.levels, self.repeats
        held = np.bincount(which, weights=self.counts)
        ended = np.bincount(which, weights=self.counts * share)
        by_last, by_age = 1 / (alpha + self.last), 1 / (alpha + self.age)
        mixed = share * by_last + (1 - share) * by_age
        logs = share * np.log(by_last) + (1 - share) * np.log(by_age)
        common = digamma(a + b) - digamma(a + b + x)
        later = np.where(x > 0, 1 / (b + np.maximum(x, 1) - 1), 0.0)
        along = np.array(
            [
                held @ (digamma(r + x) - digamma(r) + np.log(alpha)) + self.counts @ logs,
                r / alpha - self.counts @ ((r + x)[which] * mixed),
                held @ common + ended.sum() / a,
                held @ (common + digamma(b + x) - digamma(b)) - ended @ later,
            ]
        )
        return along * parameters

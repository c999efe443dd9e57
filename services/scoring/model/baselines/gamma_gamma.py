"""Fits Gamma-Gamma: what a customer's buying day is worth, drawn towards the shop's mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

from services.scoring.model.curves import FloatArray
from services.scoring.model.errors import BaselineUnavailable

_LOG_LIMIT = 9.0
_START = (1.0, 1.0, 1.0)
# Amounts that differ by less than this part of themselves are one price.
_LEAST_SPREAD = 1e-6
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class SpendModel:
    """Parameters of Gamma-Gamma: amounts are Gamma(p, nu), nu is Gamma(q, gamma), q > 1."""

    p: float
    q: float
    gamma: float

    def expected(self, days: FloatArray, mean: FloatArray) -> FloatArray:
        """Expect the amount of a coming buying day from the number seen and their mean.

        Source: Fader and Hardie (2013), equation 5. Without a day it is the shop's mean.
        """
        top = self.p * (self.gamma + days * mean)
        return np.asarray(top / (self.p * days + self.q - 1), dtype=np.float64)


def fit_spend(days: FloatArray, mean: FloatArray) -> SpendModel:
    """Find the likeliest parameters from each customer's buying days and mean amount (both > 0).

    Raises BaselineUnavailable where amounts do not differ or the search does not settle.
    """
    if len(mean) < _FEWEST or np.ptp(mean) <= _LEAST_SPREAD * mean.max():
        raise BaselineUnavailable("every customer spends the same on a buying day")
    unit = float(mean.mean())  # the search must not depend on the currency
    found = minimize(
        _loss,
        np.array(_START),
        args=(days, mean / unit, np.log(mean / unit), np.log(days)),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-_LOG_LIMIT, _LOG_LIMIT)] * len(_START),
    )
    if not np.isfinite(found.fun):
        raise BaselineUnavailable("Gamma-Gamma has no likeliest parameters for these amounts")
    p, above_one, gamma = np.exp(found.x).tolist()
    return SpendModel(p=p, q=1 + above_one, gamma=gamma * unit)


def _loss(
    logs: FloatArray, n: FloatArray, mean: FloatArray, log_mean: FloatArray, log_n: FloatArray
) -> tuple[float, FloatArray]:
    """Give minus the mean log likelihood and its slope along log p, log (q - 1), log gamma."""
    p, above_one, gamma = np.exp(logs)
    q, pn = 1 + above_one, p * n
    total = gamma + n * mean
    log_total = np.log(total)
    value = gammaln(pn + q) - gammaln(pn) - gammaln(q) + q * np.log(gamma)
    value += (pn - 1) * log_mean + pn * log_n - (pn + q) * log_total
    by_both = digamma(pn + q)
    slope = np.array(
        [
            (n * (by_both - digamma(pn) + log_mean + log_n - log_total)).mean() * p,
            (by_both - digamma(q) + np.log(gamma) - log_total).mean() * above_one,
            (q / gamma - (pn + q) / total).mean() * gamma,
        ]
    )
    return -float(value.mean()), -slope

"""Whether the arms have the sizes they were drawn for; if not, something picks people out."""

from __future__ import annotations

from collections.abc import Sequence
from math import erfc, exp, lgamma, log, sqrt
from typing import Final

#: below it nothing is concluded (Fabijan and others, KDD 2019, on sample ratio mismatch)
SUSPICIOUS: Final = 0.001


def imbalance(counts: Sequence[int], shares: Sequence[int]) -> float:
    """Give the probability of arms at least as far from their shares (Pearson's chi-square)."""
    total, whole = sum(counts), sum(shares)
    pairs = [(n, total * share / whole) for n, share in zip(counts, shares, strict=True) if share]
    if not total or len(pairs) < 2:
        return 1.0
    statistic = sum((n - expected) ** 2 / expected for n, expected in pairs)
    return _chi_square_tail(statistic, len(pairs) - 1)


def _chi_square_tail(statistic: float, freedom: int) -> float:
    """Give P(X > statistic), by the recurrence Q(s+1, x) = Q(s, x) + x**s * exp(-x) / s!."""
    x = statistic / 2
    if x <= 0:
        return 1.0
    s, tail = (1.0, exp(-x)) if freedom % 2 == 0 else (0.5, erfc(sqrt(x)))
    while s < freedom / 2:
        tail += exp(s * log(x) - x - lgamma(s + 1))
        s += 1
    return min(1.0, tail)

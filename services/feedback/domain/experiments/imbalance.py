"""Whether the arms have the sizes they were drawn for; if not, something picks people out."""

from __future__ import annotations

from collections.abc import Sequence
from math import erfc, exp, lgamma, log, log1p, sqrt
from typing import Final

#: below it nothing is concluded (Fabijan and others, KDD 2019, on sample ratio mismatch)
SUSPICIOUS: Final = 0.001
#: while fewer are expected in an arm the probability is counted out; above, chi-square's tail is
#: below 0.001 at most 1.23 times as often as it says (shares of 0.001 to 0.5)
_EXPECTED: Final = 100
#: counts as likely as those seen are among them, whatever the last digit of a float says
_ALIKE: Final = 1 + 1e-7


def imbalance(counts: Sequence[int], shares: Sequence[int]) -> float:
    """Give the probability of arms at least as far from their shares as these.

    Where few are expected it is exact, an arm against the rest, times the arms where there are more
    than two (Bonferroni): Pearson's tail would be below 0.001 up to seven times as often as it
    says.
    """
    total, whole = sum(counts), sum(shares)
    arms = [(n, share / whole) for n, share in zip(counts, shares, strict=True) if share]
    if not total or len(arms) < 2:
        return 1.0
    if total * min(share for _, share in arms) < _EXPECTED:
        least = min(_no_likelier(n, total, share) for n, share in arms)
        return least if len(arms) == 2 else min(1.0, least * len(arms))
    statistic = sum((n - total * share) ** 2 / (total * share) for n, share in arms)
    return _chi_square_tail(statistic, len(arms) - 1)


def _no_likelier(seen: int, total: int, share: float) -> float:
    """Give the binomial probability of all counts that are no likelier than the one seen."""
    chances = [_chance(n, total, share) for n in range(total + 1)]
    return min(1.0, sum(each for each in chances if each <= chances[seen] * _ALIKE))


def _chance(n: int, total: int, share: float) -> float:
    ways = lgamma(total + 1) - lgamma(n + 1) - lgamma(total - n + 1)
    return exp(ways + n * log(share) + (total - n) * log1p(-share))


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

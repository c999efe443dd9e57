"""Intervals as the textbooks give them, and when none is given."""

from math import inf, log, sqrt
from random import Random
from statistics import fmean, linear_regression, stdev, variance

import pytest
from scipy import stats

from services.feedback.domain.experiments.interval import (
    Difference,
    difference,
    fixed,
    sequential,
    student_quantile,
)
from services.feedback.domain.experiments.judging import Look, Verdict, judge
from services.feedback.domain.experiments.metrics import Metric
from services.feedback.domain.experiments.moments import (
    Moments,
    adjusted,
    sample_of,
    slope_of,
)
from services.feedback.domain.experiments.planning import Wish, fewest_days, outlook
from services.feedback.domain.experiments.words import Told, sentence

UNIT = Difference(0.0, 1.0, inf, 0.0)
LOOK = Look(0.05)


def values(seed: int, count: int, mean: float = 10.0) -> list[float]:
    random = Random(seed)
    return [random.gauss(mean, 3.0) for _ in range(count)]


def moments(y: list[float], x: list[float] | None = None) -> Moments:
    x = [0.0] * len(y) if x is None else x
    pairs = list(zip(y, x, strict=True))
    powers = {
        name: sum(a ** name.count("y") * b ** name.count("x") for a, b in pairs)
        for name in ("y", "x", "yy", "xy", "xx", "yyy", "yyx", "yxx", "xxx")
    }
    return Moments(n=len(y), events=sum(a != 0 for a in y), **powers)


def test_sample_is_described_as_the_library_does() -> None:
    y = values(1, 200)
    found = sample_of(moments(y))
    assert found.mean == pytest.approx(fmean(y))
    assert found.variance == pytest.approx(variance(y))
    assert found.third == pytest.approx(stats.moment(y, 3), rel=1e-6)


def test_slope_is_the_regression_within_arms() -> None:
    x = values(1, 300)
    y = [2.5 * before + noise for before, noise in zip(x, values(2, 300, 0.0), strict=True)]
    assert slope_of([moments(y, x)]) == pytest.approx(linear_regression(x, y).slope)
    # arms that lie apart say nothing about the slope within them
    shifted = [each + 100 for each in y]
    assert slope_of([moments(y, x), moments(shifted, x)]) == pytest.approx(
        slope_of([moments(y, x)])
    )


def test_adjustment_takes_out_what_was_so_before() -> None:
    x = values(1, 300)
    y = [2 * before + noise for before, noise in zip(x, values(2, 300, 0.0), strict=True)]
    (plain,), (exact,) = [sample_of(moments(y, x))], adjusted([moments(y, x)])
    assert exact.mean == pytest.approx(plain.mean)
    slope = slope_of([moments(y, x)])
    assert exact.spread == pytest.approx(stdev(a - slope * b for a, b in zip(y, x, strict=True)))


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.2], ids=str)
def test_fixed_interval_is_welchs(alpha: float) -> None:
    treated, held_out = values(1, 130, 11.0), values(2, 60)
    found = fixed(difference(sample_of(moments(treated)), sample_of(moments(held_out))), alpha)
    welch = stats.ttest_ind(treated, held_out, equal_var=False).confidence_interval(1 - alpha)
    assert (found.low, found.high) == pytest.approx((welch.low, welch.high), abs=1e-3)


@pytest.mark.parametrize("freedom", [20.0, 50.0, 1e6], ids=str)
@pytest.mark.parametrize("probability", [0.9, 0.975, 0.9995], ids=str)
def test_student_quantile_is_close(probability: float, freedom: float) -> None:
    expected = float(stats.t.ppf(probability, freedom))
    assert student_quantile(probability, freedom) == pytest.approx(expected, abs=1e-3)


def test_sequential_interval_is_the_normal_mixture_and_tightest_as_planned() -> None:
    doubt = -2 * log(0.05)
    seen = doubt + log(doubt) + 1
    expected = sqrt((2 * (seen + 1) / seen) * log(sqrt(seen + 1) / 0.05))
    assert sequential(UNIT, 0.05, 1.0).high == pytest.approx(expected)
    widths = {at: sequential(UNIT, 0.05, at).high for at in (0.1, 0.8, 1.0, 1.3, 10.0)}
    # of its size: the standard error itself shrinks with what was seen
    assert min(widths, key=widths.__getitem__) == 1.0
    assert sequential(UNIT, 0.05, 0.0).high == inf


def test_wider_than_one_look_is_what_many_cost() -> None:
    assert sequential(UNIT, 0.05, 1.0).high > fixed(UNIT, 0.05).high


def test_skewness_of_even_arms_cancels_out() -> None:
    skewed = sample_of(moments([each**4 for each in values(1, 400)]))
    small = sample_of(moments([each**4 for each in values(2, 40)]))
    assert difference(skewed, skewed).skewness == 0
    assert difference(skewed, small).skewness < 0


@pytest.mark.parametrize(
    ("treated", "held_out", "verdict"),
    [
        (values(1, 400, 12.0), values(2, 400), Verdict.HIGHER),
        (values(1, 400, 8.0), values(2, 400), Verdict.LOWER),
        (values(1, 400), values(2, 400), Verdict.NO_DIFFERENCE),
        (values(1, 99, 20.0), values(2, 400), Verdict.NOT_ENOUGH),
        ([0.0] * 371 + [1.0] * 29, values(2, 400), Verdict.NOT_ENOUGH),
        ([1.0] * 400, [1.0] * 400, Verdict.NOT_ENOUGH),
        ([0.0] * 5000 + [1e6] * 50, [0.0] * 900 + [1e6] * 40, Verdict.NOT_ENOUGH),
        ([], [], Verdict.NOT_ENOUGH),
    ],
    ids=["higher", "lower", "same", "few", "rare", "constant", "skewed", "nobody"],
)
def test_verdicts(treated: list[float], held_out: list[float], verdict: Verdict) -> None:
    found = judge(moments(treated), moments(held_out), LOOK)
    assert found.verdict is verdict
    assert (found.interval is None) == (verdict is Verdict.NOT_ENOUGH)
    assert (found.needed is not None) == (verdict is Verdict.NOT_ENOUGH)


@pytest.mark.parametrize("barred", [Verdict.TOO_EARLY, Verdict.MISMATCH], ids=str)
def test_what_bars_a_verdict_shows_no_difference(barred: Verdict) -> None:
    found = judge(moments(values(1, 400, 12.0)), moments(values(2, 400)), Look(0.05, barred=barred))
    assert (found.verdict, found.difference, found.interval) == (barred, None, None)
    assert found.treatment.n == 400


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_every_verdict_has_a_sentence_in_both_languages(verdict: Verdict) -> None:
    barred = judge(moments(values(1, 400)), moments(values(2, 400)), Look(0.05, barred=verdict))
    judged = judge(moments(values(1, 400)), moments(values(2, 400)), LOOK)
    is_about = verdict in {Verdict.HIGHER, Verdict.LOWER, Verdict.NO_DIFFERENCE}
    words = sentence(judged if is_about else barred, Told(Metric.SPEND, "call", "95", "CNY", 2, 3))
    assert words.en.endswith(".")
    assert words.zh.endswith("。")


@pytest.mark.parametrize(
    ("percent", "word"), [(200.0, "ruled out"), (0.01, "still possible")], ids=["large", "small"]
)
def test_no_difference_says_whether_the_wanted_one_is_ruled_out(percent: float, word: str) -> None:
    found = judge(moments(values(1, 400)), moments(values(2, 400)), LOOK)
    told = Told(Metric.SPEND, "call", "95", "CNY", 2, least_percent=percent)
    assert word in sentence(found, told).en


def test_plan_and_needed_customers_agree() -> None:
    base = moments(values(1, 5000))
    wish = Wish(held_out=0.2, alpha=0.05, power=0.8, is_sequential=False, customers=1000)
    smallest = outlook(base, 28, wish).detectable_percent
    again = outlook(base, 28, wish, effect_percent=smallest)
    assert again.needed_customers == pytest.approx(1000, abs=1)
    # Lehr: 16 spread**2 / effect**2 customers an arm, for even arms at 80 %
    even = outlook(base, 28, Wish(0.5, 0.05, 0.8, is_sequential=False), effect_percent=5.0)
    lehr = 16 * (even.spread / (even.mean * 0.05)) ** 2
    assert (even.needed_customers or 0) / 2 == pytest.approx(lehr, rel=0.02)
    assert fewest_days([again], smallest * 1.001) == 28
    assert fewest_days([again], smallest / 2) is None
    assert fewest_days([again], None) is None


def test_audience_that_does_nothing_shows_nothing() -> None:
    found = outlook(moments([0.0] * 50), 7, Wish(0.5, 0.05, 0.8, is_sequential=True))
    assert (found.detectable, found.detectable_percent) == (inf, inf)

"""What may change of an experiment, and whether its arms are in balance."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from scipy import stats

from services.feedback.domain.experiments.experiment import (
    Experiment,
    State,
    changes_refused,
    only_hold_out_grew,
)
from services.feedback.domain.experiments.imbalance import SUSPICIOUS, imbalance
from services.feedback.domain.experiments.metrics import Metric, figure, unit_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DOCUMENT: dict[str, Any] = {
    "arms": [{"key": "control", "share": 200}, {"key": "call", "share": 800}],
    "segment": None,
    "owner": "crm",
    "primary": "spend",
    "ends_at": None,
}
RUNNING = Experiment(
    "e", 2, State.RUNNING, DOCUMENT, "s", 10, NOW, None, NOW, NOW, NOW,
)  # fmt: skip
Shares = list[tuple[str, int]]


TWO = [("control", 100), ("a", 900)]
THREE = [("control", 100), ("a", 600), ("b", 300)]


@pytest.mark.parametrize(
    ("before", "after", "is_so"),
    [
        (TWO, TWO, True),
        (TWO, [("a", 700), ("control", 300)], True),
        (TWO, [("control", 99), ("a", 901)], False),
        (THREE, [("control", 400), ("a", 400), ("b", 200)], True),
        (THREE, [("control", 400), ("a", 300), ("b", 300)], False),
        (THREE, [("control", 100), ("b", 300), ("a", 600)], False),
        (TWO, [("control", 100), ("b", 900)], False),
    ],
    ids=["same", "grown", "shrunk", "in_proportion", "out_of_it", "order", "other_arm"],
)
def test_only_the_hold_out_may_grow(before: Shares, after: Shares, *, is_so: bool) -> None:
    assert only_hold_out_grew(before, after) is is_so


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"owner": "other"}, []),
        ({"ends_at": "2027-01-01T00:00:00Z"}, []),
        ({"primary": "orders"}, ["/primary"]),
        ({"segment": "lost", "primary": "orders"}, ["/primary", "/segment"]),
    ],
    ids=["owner", "end", "metric", "two"],
)
def test_what_runs_changes_little(changes: dict[str, Any], pointers: list[str]) -> None:
    faults = changes_refused(RUNNING, {**DOCUMENT, **changes})
    assert [fault.pointer for fault in faults] == pointers


@pytest.mark.parametrize(
    ("ended_at", "ends_at", "over_at"),
    [
        (None, None, None),
        (None, "2026-11-23T00:00:00+00:00", None),
        (None, "2026-11-20T00:00:00+00:00", datetime(2026, 11, 20, tzinfo=UTC)),
        (datetime(2026, 11, 19, tzinfo=UTC), "2026-11-20T00:00:00+00:00",
         datetime(2026, 11, 19, tzinfo=UTC)),
        (datetime(2026, 11, 21, tzinfo=UTC), None, datetime(2026, 11, 21, tzinfo=UTC)),
    ],
    ids=["goes_on", "planned", "past_its_plan", "stopped_before", "stopped"],
)  # fmt: skip
def test_an_experiment_is_over_by_its_plan_or_when_it_is_stopped(
    ended_at: datetime | None, ends_at: str | None, over_at: datetime | None
) -> None:
    document = {**DOCUMENT, "ends_at": ends_at}
    assert replace(RUNNING, document=document, ended_at=ended_at).over_at(NOW) == over_at


@pytest.mark.parametrize(
    ("counts", "shares"),
    [
        ([1000, 1100], [500, 500]),
        ([900, 3000, 6120], [100, 300, 600]),
        ([620, 6000, 13380], [100, 300, 600]),
        ([1000, 1020, 1030, 1040], [250, 250, 250, 250]),
        ([1200, 1190, 1195, 1240, 1205], [200, 200, 200, 200, 200]),
    ],
    ids=["two", "three", "suspicious", "four", "five"],
)
def test_balance_of_many_is_pearsons_chi_square(counts: list[int], shares: list[int]) -> None:
    expected = [sum(counts) * share / sum(shares) for share in shares]
    assert imbalance(counts, shares) == pytest.approx(stats.chisquare(counts, expected).pvalue)


@pytest.mark.parametrize(
    ("counts", "shares"),
    [
        ([90, 105], [500, 500]),
        ([3, 63], [200, 800]),
        ([0, 7], [500, 500]),
        ([999, 1], [999, 1]),
        ([89_940, 60], [999, 1]),
    ],
    ids=["even", "a-fifth", "empty", "rare", "rare-of-many"],
)
def test_balance_of_few_is_counted_out(counts: list[int], shares: list[int]) -> None:
    exact = stats.binomtest(counts[0], sum(counts), shares[0] / sum(shares)).pvalue
    assert imbalance(counts, shares) == pytest.approx(exact)


def test_of_several_arms_each_is_asked_against_the_rest() -> None:
    counts, shares = [10, 20, 30, 40], [1, 1, 1, 1]
    each = [stats.binomtest(n, 100, 0.25).pvalue for n in counts]
    assert imbalance(counts, shares) == pytest.approx(4 * min(each))
    assert imbalance([25, 25, 25, 25], shares) == 1.0


@pytest.mark.parametrize("share", [100, 200, 500])
@pytest.mark.parametrize("total", [5, 17, 66, 151])
def test_an_alarm_is_no_likelier_than_it_says(total: int, share: int) -> None:
    chances = stats.binom(total, share / 1000).pmf(range(total + 1))
    shares = [share, 1000 - share]
    for level in (SUSPICIOUS, 0.01, 0.05):
        alarms = [n for n in range(total + 1) if imbalance([n, total - n], shares) < level]
        assert sum(chances[n] for n in alarms) <= level


@pytest.mark.parametrize("counts", [[0, 0], [7, 0]], ids=["nobody", "one_arm"])
def test_nothing_is_out_of_balance_where_there_is_nothing(counts: list[int]) -> None:
    shares = [500, 500] if not sum(counts) else [1000, 0]
    assert imbalance(counts, shares) == 1.0


@pytest.mark.parametrize(
    ("metric", "value", "exponent", "text"),
    [
        (Metric.SPEND, 12345.6, 2, "123.46"),
        (Metric.SPEND, -12345.4, 0, "-12345"),
        (Metric.RETENTION, 0.25, 2, "0.2500"),
        (Metric.SATISFACTION, 4.2, 2, "4.200"),
    ],
    ids=["minor_units", "no_decimals", "share", "points"],
)
def test_figures_are_written_in_their_unit(
    metric: Metric, value: float, exponent: int, text: str
) -> None:
    assert figure(metric, value, exponent) == text


def test_spend_is_in_the_shops_currency() -> None:
    assert [unit_of(metric, "CNY") for metric in Metric] == ["CNY", "orders", "share", "points"]

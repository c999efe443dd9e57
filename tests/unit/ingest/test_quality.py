from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.ingest.domain.quality import (
    Counted,
    Grades,
    Observed,
    grades_of,
    is_silent,
    share,
)

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
GOOD = Observed(
    events=100,
    purchases=100,
    with_store=100,
    lines=200,
    with_category=200,
    with_cost=200,
    lateness_s=(1.0, 10.0, 60.0),
)
ALL_IN = Counted(received=1000, accepted=1000)


def grades(observed: Observed = GOOD, counted: Counted = ALL_IN, **changes: Any) -> Grades:
    is_history = changes.pop("is_history", False)
    return grades_of(counted, replace(observed, **changes), is_history=is_history)


def test_a_source_that_says_everything_in_time_is_an_a() -> None:
    assert grades() == Grades("A", "A", "A", "A")
    assert grades().overall == "A"


def test_the_worst_dimension_is_the_grade() -> None:
    assert Grades("A", "C", None, "B").overall == "C"
    assert Grades(None, None, None, None).overall is None


@pytest.mark.parametrize(
    ("bad", "grade"),
    [(0, "A"), (10, "A"), (11, "B"), (30, "B"), (31, "C"), (100, "C"), (101, "D"), (1000, "D")],
)
def test_validity_falls_with_what_is_refused_or_contradicts(bad: int, grade: str) -> None:
    rejected = Counted(received=1000, accepted=1000 - bad, rejected=bad)
    conflicting = Counted(received=1000, accepted=1000 - bad, conflicts=bad)
    assert grades(counted=rejected).validity == grade
    assert grades(counted=conflicting).validity == grade


def test_duplicates_are_no_fault() -> None:
    assert grades(counted=Counted(received=1000, accepted=10, duplicates=990)).validity == "A"


@pytest.mark.parametrize(
    ("anonymous", "grade"), [(20, "A"), (21, "B"), (40, "B"), (60, "C"), (61, "D")]
)
def test_identity_falls_with_the_anonymous_share(anonymous: int, grade: str) -> None:
    assert grades(anonymous=anonymous).identity == grade


@pytest.mark.parametrize(
    ("categories", "costs", "grade"),
    [(200, 180, "A"), (200, 100, "B"), (200, 0, "C"), (100, 99, "D"), (0, 0, "D")],
)
def test_detail_falls_with_lines_that_lack_category_or_cost(
    categories: int, costs: int, grade: str
) -> None:
    assert grades(with_category=categories, with_cost=costs).detail == grade


@pytest.mark.parametrize(
    ("late_h", "suspect", "grade"),
    [(24, 0, "A"), (25, 0, "B"), (73, 0, "C"), (169, 0, "D"), (1, 2, "B"), (1, 11, "D")],
)
def test_time_falls_with_lateness_and_with_clocks(late_h: int, suspect: int, grade: str) -> None:
    late = (1.0, late_h * 3600.0, late_h * 3600.0)
    assert grades(lateness_s=late, time_suspect=suspect).time == grade


def test_history_may_be_as_late_as_it_is() -> None:
    late = (1e9, 1e9, 1e9)
    assert grades(lateness_s=late, is_history=True).time == "A"


def test_too_little_is_not_judged() -> None:
    few = Observed(events=19, purchases=19, lines=19, lateness_s=(1, 1, 1))
    assert grades(few, Counted(received=19, rejected=19)) == Grades(None, None, None, None)


@pytest.mark.parametrize(("part", "whole", "expected"), [(1, 3, 0.3333), (0, 5, 0.0), (0, 0, None)])
def test_a_share_of_nothing_is_none(part: int, whole: int, expected: float | None) -> None:
    assert share(part, whole) == expected


@pytest.mark.parametrize(
    ("ago", "gap_s", "silent"),
    [
        (timedelta(minutes=59), 1.0, False),
        (timedelta(minutes=61), 1.0, True),
        (timedelta(hours=5), 7200.0, False),
        (timedelta(hours=7), 7200.0, True),
    ],
)
def test_silence_is_measured_by_the_usual_pause(ago: timedelta, gap_s: float, silent: bool) -> None:
    assert is_silent(NOW - ago, gap_s, NOW) is silent


def test_who_never_spoke_is_not_silent() -> None:
    assert not is_silent(None, None, NOW)

"""Chance for waits."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.jitter import backoff_s, jitter, jitter_s


@given(least=st.integers(0, 60), span=st.integers(0, 60))
def test_whole_seconds_lie_between_their_bounds(least: int, span: int) -> None:
    assert least <= jitter_s(least, least + span) <= least + span


def test_both_bounds_are_drawn() -> None:
    assert {jitter_s(1, 3) for _ in range(500)} == {1, 2, 3}


@given(attempt=st.integers(0, 8))
def test_a_wait_lies_in_a_span_that_doubles(attempt: int) -> None:
    assert 0 <= backoff_s(attempt, first_s=0.02) <= 0.02 * 2**attempt


@pytest.mark.parametrize("draw", [jitter, lambda: jitter_s(0, 10**6)])
def test_a_seed_set_elsewhere_neither_repeats_a_draw_nor_is_disturbed(
    draw: Callable[[], float],
) -> None:
    random.seed(7)
    before, first = random.getstate(), draw()
    assert random.getstate() == before
    random.seed(7)
    assert draw() != first

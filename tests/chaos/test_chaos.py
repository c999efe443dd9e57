"""Short runs of every scenario; CHAOS_ROUNDS and CHAOS_SEED change them, `make chaos` is long."""

import os

import pytest

from tests.chaos.scenarios import BLOWS, run

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "3"))
SEED = int(os.environ.get("CHAOS_SEED", "20261122"))


@pytest.mark.parametrize("killed", BLOWS)
def test_a_kill_loses_nothing_acknowledged_and_counts_nothing_twice(killed: str) -> None:
    print(f"seed {SEED}, {ROUNDS} rounds")
    report = run(killed, ROUNDS, SEED)
    print(report)
    assert report.verdict.acknowledged > 100
    assert report.verdict.is_clean

"""Every published case of a status programme is replayed to the same timeline."""

import pytest

from tests.status_cases import golden, replayed


@pytest.mark.parametrize("file", ["track_cases", "policy_cases", "ledger_cases"])
def test_golden_cases_are_replayed_to_their_timelines(file: str) -> None:
    cases = golden(file)
    wrong = [case["name"] for case in cases if replayed(case) != case["timeline"]]
    assert cases
    assert wrong == []

"""Whatever is measured, NaN and infinity included, the gate's verdict is whole and consistent."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.scoring.domain.life.gate import Evidence, Lead, Rival, failed_words, judge
from tests.unit.scoring.test_gate import GOOD

FIGURES = st.floats(width=32)
LEADS = st.builds(Lead, FIGURES, FIGURES, FIGURES)
RIVALS = st.builds(Rival, st.just("v1"), st.none() | LEADS, st.none() | LEADS, st.booleans())
COUNTS = st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)).map(sorted)
EVIDENCE = st.builds(
    replace,
    st.just(GOOD),
    over_decayed=st.none() | LEADS,
    rival=st.none() | RIVALS,
    gap=FIGURES,
    is_finite=st.booleans(),
    history_days=st.integers(0, 10_000),
    chance_error=FIGURES,
    coverage=FIGURES,
    bias=FIGURES,
)


@given(EVIDENCE, COUNTS)
def test_verdict_is_json_and_says_what_failed(evidence: Evidence, counts: list[int]) -> None:
    buyers, customers = counts
    gate = judge(replace(evidence, judged_customers=customers, judged_buyers=buyers))
    document = gate.document()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["passed"] == (not failed_words(document)) == (not failed_words(document, "zh"))


@given(EVIDENCE, LEADS, st.floats(0, 1))
def test_larger_lead_never_fails_where_a_smaller_one_passed(
    evidence: Evidence, lead: Lead, more: float
) -> None:
    better = Lead(lead.gini + more, lead.low + more, lead.high + more)
    first, second = (judge(replace(evidence, over_decayed=each)).passed for each in (lead, better))
    assert second or not first

"""Whatever JSON comes, reading a condition tells what is wrong and never breaks."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.conditions.leaves import LEAVES
from services.scoring.domain.conditions.parse import faults_of_condition, parse_condition
from services.scoring.domain.conditions.tree import size_of
from services.scoring.domain.conditions.vocabulary import EVENTS, METRICS, MOST_NODES

WORDS = (
    *LEAVES, "all", "any", "not", "name", "op", "value", "last_days", "from", "to", "event",
    "times", "where", "of", "top", "by", "in", "programme", "at_least", "at_least_days",
    "lifecycle", "purpose", "is", "percent", "seed", "eq", "between", "gte", "exists", "spend",
    "orders", "order_completed", "channel", "2026-01-01", "12.50", "score", "active", "marketing",
)  # fmt: skip
words = st.one_of(st.sampled_from(WORDS), st.text(max_size=5))
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), words, st.sampled_from(sorted(EVENTS))
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=5)),
    max_leaves=25,
)
leaf = st.sampled_from(sorted(LEAVES)).flatmap(
    lambda kind: st.fixed_dictionaries({kind: st.one_of(anything, words)})
)


@settings(max_examples=500, deadline=None)
@given(st.one_of(anything, leaf))
def test_any_json_is_read_or_told_what_is_wrong(tree: object) -> None:
    faults = faults_of_condition(tree)
    if not faults:
        assert 1 <= size_of(parse_condition(tree)) <= MOST_NODES
    for fault in faults:
        assert fault.pointer == "" or fault.pointer.startswith("/")
        assert fault.code
        assert fault.message


def test_words_of_metrics_are_columns_or_worked_out() -> None:
    assert {name for name, (column, _) in METRICS.items() if column is None} == {
        "margin", "days", "categories",
    }  # fmt: skip

"""Contributions are grouped, sorted and told with the figure that shows them best."""

import pytest

from services.scoring.domain.feature_words import Past
from services.scoring.domain.features import FEATURE_NAMES, FEATURES
from services.scoring.domain.why.explanation import Part, evidence, grouped, parts_of, reasons


def column(name: str) -> int:
    return FEATURE_NAMES.index(name)


def part(name: str, contribution: float, value: float = 1.0, typical: float = 2.0) -> Part:
    return Part(FEATURES[column(name)], value, typical, contribution)


def test_a_feature_with_two_curves_has_one_contribution() -> None:
    columns = [column("recency"), column("net"), column("recency")]
    row = [float(place) for place in range(len(FEATURES))]
    parts = parts_of(columns, [0.5, 0.25, -0.125], row, [7.0, 8.0, 7.0])
    assert [(each.feature.name, each.contribution, each.typical) for each in parts] == [
        ("recency", 0.375, 7.0),
        ("net", 0.25, 8.0),
    ]
    assert parts[1].value == column("net")


def test_groups_and_their_features_stand_strongest_first() -> None:
    groups = grouped([part("net", 0.1), part("recency", -0.5), part("net_91d", -0.3)])
    assert [(group.name, group.contribution) for group in groups] == [
        ("recency", -0.5),
        ("amount", pytest.approx(-0.2)),
    ]
    assert [each.feature.name for each in groups[1].parts] == ["net_91d", "net"]


def test_at_most_three_groups_are_reasons_and_none_that_hardly_matters() -> None:
    strong = [part("recency", 0.5), part("net", 0.4), part("order_days", 0.3), part("returns", 0.2)]
    assert [group.name for group in reasons(grouped(strong))] == ["recency", "amount", "frequency"]
    assert reasons(grouped([part("recency", 0.04)])) == []


@pytest.mark.parametrize(
    ("parts", "order_days", "shown"),
    [
        # a known figure before a weighted sum, though the sum weighs more
        ([part("net_decayed_45d", 0.5), part("net_91d", 0.1)], 5, "net_91d"),
        # a curve that goes one way before one that may go either way
        ([part("last_order_day", 0.5), part("net_decayed_45d", 0.2)], 5, "net_decayed_45d"),
        # nothing that speaks for the opposite
        ([part("net_91d", -0.2), part("last_order_day", 0.5)], 5, "last_order_day"),
        # nothing that is not defined yet
        ([part("last_gap", 0.5), part("tenure", 0.2)], 1, "tenure"),
        ([part("last_gap", 0.5), part("tenure", 0.2)], 2, "last_gap"),
        ([part("last_gap", 0.5)], 1, None),
        # no pace of a single purchase
        ([part("order_rate", 0.5), part("orders_91d", 0.2)], 1, "orders_91d"),
        ([part("order_rate", 0.5), part("orders_91d", 0.2)], 2, "order_rate"),
    ],
)
def test_the_figure_shown_is_one_that_people_can_follow(
    parts: list[Part], order_days: int, shown: str | None
) -> None:
    found = evidence(grouped(parts)[0], Past(order_days, days=400)).shown
    assert (found.feature.name if found else None) == shown


@pytest.mark.parametrize(
    ("parts", "against"),
    [
        # no recent spending, but large purchases
        ([part("net_182d", -0.5), part("mean_order_day", 0.25), part("net", 0.0625)],
         "mean_order_day"),
        ([part("net_182d", -0.5), part("mean_order_day", 0.125)], None),
        ([part("net_182d", -0.0625), part("mean_order_day", 0.03125)], None),
    ],
)  # fmt: skip
def test_what_pushes_the_other_way_is_shown_where_it_has_weight(
    parts: list[Part], against: str | None
) -> None:
    found = evidence(grouped(parts)[0], Past(5, days=400)).against
    assert (found.feature.name if found else None) == against

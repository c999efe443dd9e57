"""Contributions are grouped, sorted and told with the figure that shows them best."""

import math
from datetime import date
from typing import Any

import pytest

from services.scoring.domain.cuts import Cuts
from services.scoring.domain.explanation import (
    Part,
    RestsOn,
    evidence,
    grouped,
    parts_of,
    reasons,
    rests_on,
)
from services.scoring.domain.explanation_words import group_sentence, tier_sentence
from services.scoring.domain.features import FEATURE_NAMES, FEATURES
from services.scoring.domain.figures import Currency
from services.scoring.domain.flip import Fall
from services.scoring.domain.programme import VALUE_DOCUMENT, value_programme
from services.scoring.domain.standing import Standing
from shared.contracts.explanation import EXAMPLE_EXPLANATION, ExplanationAnswer

CNY = Currency("CNY", 100)
CUTS = Cuts((-math.inf, 2.0, 4.0), (-math.inf, 1.8, 3.5))
PROGRAMME = value_programme("value", 1, VALUE_DOCUMENT)
TODAY = date(2026, 3, 2)


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
    ],
)
def test_the_figure_shown_is_one_that_people_can_follow(
    parts: list[Part], order_days: int, shown: str | None
) -> None:
    found = evidence(grouped(parts)[0], order_days)
    assert (found.feature.name if found else None) == shown


@pytest.mark.parametrize(
    ("parts", "english", "chinese"),
    [
        (
            [part("orders_91d", 0.8, 3.0, 1.0)],
            (
                "Buys often: bought 3 times in the last 91 days; the typical customer once."
                " This alone makes the expected spending 2.2 times as high."
            ),
            "购买频繁：近91天购买3次，一般顾客1次。仅此一项使预期消费提高到2.2倍。",
        ),
        (
            [part("recency", -0.5, 101.0, 11.0)],
            (
                "Has not bought for a while: last bought 100 days ago; the typical customer 10 days"
                " ago. This alone makes the expected spending 39 % lower."
            ),
            "有一段时间没有购买：上次购买是100天前，一般顾客10天前。仅此一项使预期消费降低39%。",
        ),
        (
            [part("tenure", 0.2, 31.0, 11.0)],
            (
                "Rhythm of buying: first bought 30 days ago; the typical customer 10 days ago."
                " This alone makes the expected spending 22 % higher."
            ),
            "购买节奏：首次购买是30天前，一般顾客10天前。仅此一项使预期消费提高22%。",
        ),
        (
            [part("gap", -0.2, 0.0, 11.0)],
            "Rhythm of buying: makes the expected spending 18 % lower.",
            "购买节奏：使预期消费降低18%。",
        ),
        (
            [part("net", 0.01)],
            "Spending: much like the typical customer.",
            "消费金额：与一般顾客相近。",
        ),
        (
            [part("net_91d", -7.0, 0.0, 100.0)],
            (
                "Spends less than most: spent CNY 0 in the last 91 days; the typical customer"
                " CNY 1. This alone makes the expected spending 99.9 % lower."
            ),
            "消费金额低于多数顾客：近91天消费0元，一般顾客1元。仅此一项使预期消费降低99.9%。",
        ),
    ],
)
def test_a_group_is_told_as_a_sentence_with_figures(
    parts: list[Part], english: str, chinese: str
) -> None:
    assert group_sentence(grouped(parts)[0], 1.0, CNY) == {"en": english, "zh": chinese}


TIERS: list[tuple[Standing, RestsOn, str, str]] = [
    (
        Standing(2, 0, 4.0), RestsOn.REACHED,
        "Among the top 20 % by expected spending.", "预期消费位列前20%。",
    ),
    (
        Standing(2, 0, 3.6), RestsOn.KEPT,
        ("Was among the top 20 % by expected spending and has not fallen below about the top 25 %,"
        " so the class is kept."),
        "此前预期消费位列前20%，目前仍在前25%左右，因此保留该等级。",
    ),
    (
        Standing(2, 1, 3.4), RestsOn.FALLING,
        ("Was among the top 20 % by expected spending, but has been below the mark to keep the"
        f" class for 1 day; falls on {TODAY} without a purchase."),
        f"此前预期消费位列前20%，但已连续1天低于保留线，若不购买将于{TODAY}降级。",
    ),
    (
        Standing(0, 0, 1.0), RestsOn.ENTRY,
        "Below the top 50 % by expected spending.", "预期消费未进入前50%。",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("standing", "held", "english", "chinese"), TIERS)
def test_what_a_tier_rests_on_is_named_and_told(
    standing: Standing, held: RestsOn, english: str, chinese: str
) -> None:
    fall = Fall(TODAY, 1, TODAY)
    assert rests_on(standing, CUTS) is held
    assert tier_sentence(PROGRAMME, standing, held, fall) == {"en": english, "zh": chinese}


def test_the_documented_example_adds_up_and_is_told_as_today() -> None:
    answer = ExplanationAnswer.model_validate(EXAMPLE_EXPLANATION)
    assert answer.score is not None
    features = [feature for group in answer.groups for feature in group.features]
    total = answer.score.base + sum(feature.contribution for feature in features)
    assert total == answer.score.log_score
    for group in answer.groups:
        assert group_sentence(_read(group.model_dump()), 5.0, CNY) == group.text.model_dump()


def _read(group: dict[str, Any]) -> Any:
    parts = [
        part(each["name"], each["contribution"], each["value"], each["typical"])
        for each in group["features"]
    ]
    return grouped(parts)[0]

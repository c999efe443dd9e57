"""Of one purchase, or of less than a month, nothing is told that needs more."""

import pytest

from services.scoring.domain.feature_words import Past
from services.scoring.domain.features import FEATURE_NAMES, FEATURES
from services.scoring.domain.why.explanation import Part, grouped
from services.scoring.domain.why.explanation_words import feature_sentence, group_sentence
from services.scoring.domain.why.figures import Currency

CNY = Currency("CNY", 100)


def part_of(name: str, contribution: float, value: float = 1.0) -> Part:
    return Part(FEATURES[FEATURE_NAMES.index(name)], value, 2.0, contribution)


@pytest.mark.parametrize(
    ("one", "english"),
    [
        (part_of("gap", -0.2), "Rhythm of buying: one purchase so far. This makes"),
        (part_of("orders_91d", 0.8, 1.0), "How often: bought once in the last 91 days;"),
        (part_of("net_91d", 0.8, 5500.0), "Spends more than most: spent CNY 55"),
    ],
)
def test_one_purchase_proves_no_habit(one: Part, english: str) -> None:
    said = group_sentence(grouped([one])[0], Past(1, days=1), CNY)
    assert said["en"].startswith(english)


@pytest.mark.parametrize(
    ("name", "past", "english", "chinese"),
    [
        ("net_rate", Past(1, days=300), "One purchase so far.", "目前仅购买一次。"),
        ("last_gap", Past(1, days=1), "One purchase so far.", "目前仅购买一次。"),
        (
            "order_rate", Past(3, days=20),
            "Too early to tell.", "购买记录尚少，还看不出规律。",
        ),
        (
            "net_rate", Past(3, days=30),
            "Has spent CNY 0.30 a month since the first purchase; the typical customer CNY 0.61.",
            "首次购买以来平均每月消费0.30元，一般顾客0.61元。",
        ),
    ],
)  # fmt: skip
def test_no_pace_is_told_of_one_purchase_or_of_less_than_a_month(
    name: str, past: Past, english: str, chinese: str
) -> None:
    assert feature_sentence(part_of(name, 0.5), past, CNY) == {"en": english, "zh": chinese}

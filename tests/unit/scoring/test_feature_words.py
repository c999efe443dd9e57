"""Every feature has words in both languages, and its figure is told as people would."""

import pytest

from services.scoring.domain.feature_words import FEATURE_WORDS
from services.scoring.domain.features import FEATURES
from services.scoring.domain.tiers.words import GROUP_NAMES, GROUP_WORDS
from services.scoring.domain.why.figures import Currency, Kind

CNY = Currency("CNY", 100)


def test_every_feature_has_words_and_no_word_is_left_over() -> None:
    assert {feature.name for feature in FEATURES} == set(FEATURE_WORDS)


def test_every_group_has_a_name_and_words_for_up_and_down() -> None:
    groups = {feature.group for feature in FEATURES}
    assert groups <= set(GROUP_NAMES)
    assert groups <= set(GROUP_WORDS)


@pytest.mark.parametrize("name", sorted(FEATURE_WORDS))
def test_a_sentence_tells_both_figures_in_both_languages(name: str) -> None:
    words = FEATURE_WORDS[name]
    told = words.sentence(3.0, 5.0, CNY)
    for language in ("en", "zh"):
        assert words.label[language]
        assert words.told[language].count("{}") == 1
        for value in (3.0, 5.0):
            assert words.kind.said(value, CNY)[language] in told[language]


@pytest.mark.parametrize(
    ("name", "value", "typical", "english", "chinese"),
    [
        (
            "orders_91d", 3.0, 1.0,
            "bought 3 times in the last 91 days; the typical customer once",
            "近91天购买3次，一般顾客1次",
        ),
        (
            "orders_14d", 0.0, 0.0,
            "did not buy in the last 14 days; nor did the typical customer",
            "近14天没有购买，一般顾客也没有",
        ),
        (
            "returns", 0.0, 1.0,
            "gave nothing back; the typical customer once",
            "没有退货，一般顾客1次",
        ),
        ("recency", 13.0, None, "last bought 12 days ago", "上次购买是12天前"),
        ("recency", 1.0, 2.0, "last bought today; the typical customer 1 day ago",
         "上次购买是今天，一般顾客1天前"),
        ("net", 123456.0, -50.0, "spent CNY 1,235 in all; the typical customer CNY -0.50",
         "累计消费1,235元，一般顾客-0.50元"),
        ("gap", 30.0, 0.0,
         "buys every 30 days on average; the typical customer has bought too seldom to tell",
         "平均每30天购买一次，一般顾客购买次数太少，无从得知"),
        ("order_rate", 0.1, 0.05,
         "has bought 3 times a month since the first purchase; the typical customer 1.5 times",
         "首次购买以来平均每月购买3次，一般顾客1.5次"),
        ("returns_share", 0.125, 0.0,
         "gave back 12.5 % of what was bought; the typical customer 0 %",
         "退货占消费的12.5%，一般顾客0%"),
    ],
)  # fmt: skip
def test_a_figure_is_told_beside_the_typical_customer(
    name: str, value: float, typical: float | None, english: str, chinese: str
) -> None:
    told = FEATURE_WORDS[name].sentence(value, typical, CNY)
    assert (told["en"], told["zh"]) == (english, chinese)


@pytest.mark.parametrize(
    ("currency", "minor", "english", "chinese"),
    [
        (CNY, 5304, "CNY 53.04", "53.04元"),
        (CNY, 5300, "CNY 53", "53元"),
        (CNY, 0, "CNY 0", "0元"),
        (CNY, 1_234_567, "CNY 12,346", "12,346元"),
        (Currency("USD", 100), 250, "USD 2.50", "2.50美元"),
        (Currency("JPY", 1), 80, "JPY 80", "80日元"),
        (Currency("KWD", 1000), 1500, "KWD 1.50", "1.50 KWD"),
        (Currency(None, 100), 1000, "10", "10"),
    ],
)
def test_money_is_said_in_its_currency(
    currency: Currency, minor: int, english: str, chinese: str
) -> None:
    assert currency.said(minor) == {"en": english, "zh": chinese}


def test_a_forecast_is_said_without_small_change_that_feigns_exactness() -> None:
    assert [CNY.about(minor)["en"] for minor in (229, 5833)] == ["CNY 2.29", "CNY 58"]


def test_days_that_are_none_are_said_so() -> None:
    assert Kind.AGO.said(0.0, CNY) == {"en": "never", "zh": "从未"}
    assert Kind.ON_DAYS.said(0.0, CNY) == {"en": "on no day", "zh": "0天"}


def test_money_that_is_not_what_the_till_told_says_so() -> None:
    freed = Currency("CNY", 100, is_season_free=True)
    told = FEATURE_WORDS["net"].sentence(5000.0, 2000.0, freed)
    assert told == {
        "en": "spent CNY 50 in all, the season taken out; the typical customer CNY 20",
        "zh": "累计消费50元（已扣除季节影响），一般顾客20元",
    }
    assert "season" not in FEATURE_WORDS["recency"].sentence(5.0, 2.0, freed)["en"]

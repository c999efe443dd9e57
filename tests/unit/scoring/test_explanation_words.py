"""The sentences of an explanation stand up in both languages, with the figures in them."""

import math
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.scoring.domain.feature_words import Past
from services.scoring.domain.features import FEATURE_NAMES, FEATURES
from services.scoring.domain.tiers.cuts import Cuts
from services.scoring.domain.tiers.programme import VALUE_DOCUMENT, value_programme
from services.scoring.domain.tiers.standing import Standing
from services.scoring.domain.why.explanation import Part, PartGroup, RestsOn, grouped, rests_on
from services.scoring.domain.why.explanation_words import (
    assumption,
    fall_sentence,
    feature_sentence,
    group_sentence,
    no_purchase_summary,
    rise_sentence,
    summary,
    tier_sentence,
)
from services.scoring.domain.why.figures import Currency
from services.scoring.domain.why.flip import Fall, Order, Rise, RiseSearch
from shared.contracts.explanation import EXAMPLE_EXPLANATION, ExplanationAnswer

CNY = Currency("CNY", 100)
CUTS = Cuts((-math.inf, 2.0, 4.0), (-math.inf, 1.8, 3.5))
PROGRAMME = value_programme("value", 1, VALUE_DOCUMENT)
TODAY = date(2026, 3, 2)


def part(name: str, contribution: float, value: float = 1.0, typical: float = 2.0) -> Part:
    return Part(FEATURES[FEATURE_NAMES.index(name)], value, typical, contribution)


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
            [part("gap_spread", -0.2, 0.0, 11.0)],
            "Rhythm of buying: too early to tell. This makes the expected spending 18 % lower.",
            "购买节奏：购买记录尚少，还看不出规律，使预期消费降低18%。",
        ),
        (
            [part("net_182d", -0.5, 0.0, 2900.0), part("mean_order_day", 0.25, 7900.0, 2400.0)],
            (
                "Spending: spent CNY 0 in the last 182 days; the typical customer CNY 29. On the"
                " other hand, spends CNY 79 at a time on average; the typical customer CNY 24."
                " Together this makes the expected spending 22 % lower."
            ),
            (
                "消费金额：近182天消费0元，一般顾客29元；但平均每次消费79元，一般顾客24元。"
                "两者相抵后预期消费降低22%。"
            ),
        ),
        (
            [part("net", 0.01)],
            "Spending: much like the typical customer.",
            "消费金额：与一般顾客相近。",
        ),
        (
            [part("lines_per_order_day", -0.03, 1.5)],
            (
                "What is bought: products bought at a time: 1.5; the typical customer 2."
                " This alone makes the expected spending 3 % lower."
            ),
            "所购商品：每次购买商品1.5种，一般顾客2。仅此一项使预期消费降低3%。",
        ),
        (
            [part("returns", 0.07, 0.0, 0.0)],
            (
                "Returns: gave nothing back; nor did the typical customer."
                " This alone makes the expected spending 7 % higher."
            ),
            "退货：没有退货，一般顾客也没有。仅此一项使预期消费提高7%。",
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
    assert group_sentence(grouped(parts)[0], Past(2, days=400), CNY) == {
        "en": english,
        "zh": chinese,
    }


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
        assert (
            group_sentence(_read(group.model_dump()), Past(5, days=400), CNY)
            == group.text.model_dump()
        )
    for feature in features:
        one = part(feature.name, feature.contribution, feature.value, feature.typical or 0.0)
        told = feature_sentence(one, Past(5, days=400), CNY)
        assert told == feature.text.model_dump()


def _read(group: dict[str, Any]) -> PartGroup:
    parts = [
        part(each["name"], each["contribution"], each["value"], each["typical"])
        for each in group["features"]
    ]
    return grouped(parts)[0]


ONE, WEEKLY = Rise(2, Order(46000, 3)), Rise(2, Order(20700, 3), 3, 7)
SENTENCES: list[tuple[RiseSearch, bool, str, str]] = [
    (
        RiseSearch(ONE, 10**7, WEEKLY), False,
        ("One purchase of CNY 460 today would lift the class to High value; or 3 purchases of"
        " CNY 207, one every 7 days from today."),
        "今天再消费460元即可升至高价值；或者从今天起每7天消费207元，共3次。",
    ),
    (
        RiseSearch(replace(ONE, order=Order(100, 3)), 10**7, None), False,
        "Even a purchase of CNY 1 today would lift the class to High value.",
        "今天哪怕只消费1元即可升至高价值。",
    ),
    (
        RiseSearch(ONE, 10**7, None), True,
        "A first purchase of CNY 460 today would lift the class to High value.",
        "首次消费460元即可升至高价值。",
    ),
    (
        RiseSearch(None, 10**7, replace(WEEKLY, every_days=1)), False,
        ("No single purchase up to CNY 100,000 would lift the class today; 3 purchases of CNY 207,"
        " one a day from today would lift it to High value."),
        "今天一次消费100,000元以内都无法升级；从今天起每1天消费207元，共3次可升至高价值。",
    ),
    (
        RiseSearch(None, 10**7, None), False,
        "No single purchase up to CNY 100,000 would lift the class today, nor 12 usual ones.",
        "今天一次消费100,000元以内都无法升级，再按平常购买12次也不能。",
    ),
    (
        RiseSearch(None, 10**7, None), True,
        "No single purchase up to CNY 100,000 would lift the class today.",
        "今天一次消费100,000元以内都无法升级。",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("search", "is_first", "english", "chinese"), SENTENCES)
def test_a_rise_is_told_in_both_languages(
    search: RiseSearch, is_first: bool, english: str, chinese: str
) -> None:
    said = rise_sentence(PROGRAMME, search, Currency("CNY", 100), is_first=is_first)
    assert said == {"en": english, "zh": chinese}


def test_a_fall_is_told_with_its_date_or_with_how_far_was_looked() -> None:
    assert fall_sentence(PROGRAMME, Fall(TODAY, 0, TODAY)) == {
        "en": f"Without a purchase the class falls to Standard on {TODAY}.",
        "zh": f"若不再购买，将于{TODAY}降为普通。",
    }
    assert fall_sentence(PROGRAMME, Fall(None, None, TODAY)) == {
        "en": f"Without a purchase the class is kept at least until {TODAY}.",
        "zh": f"即使不再购买，至少到{TODAY}仍保留该等级。",
    }


@pytest.mark.parametrize(
    ("has_one_order", "english", "chinese"),
    [
        (
            False,
            "Mid value: about CNY 468 expected in the next 91 days; the typical customer CNY 172.",
            "中等价值：未来91天预期消费约468元，一般顾客约172元。",
        ),
        (
            True,
            (
                "Mid value: about CNY 468 expected in the next 91 days; the typical customer"
                " CNY 172. There is only one purchase so far: low confidence."
            ),
            "中等价值：未来91天预期消费约468元，一般顾客约172元。仅有一次购买，把握较低。",
        ),
    ],
)
def test_the_summary_says_the_worth_and_how_sure_that_is(
    has_one_order: bool, english: str, chinese: str
) -> None:
    value, typical = CNY.about(46_800), CNY.about(17_217)
    said = summary(PROGRAMME.tiers[1], value, typical, 91, has_one_order=has_one_order)
    assert said == {"en": english, "zh": chinese}


def test_who_has_not_bought_is_told_so() -> None:
    assert no_purchase_summary(PROGRAMME.entry) == {
        "en": "Standard: no purchase yet, so there is no score to explain.",
        "zh": "普通：尚无购买，暂无可解释的评分。",
    }


def test_a_tier_below_its_mark_that_rises_again_by_itself_names_no_date() -> None:
    said = tier_sentence(PROGRAMME, Standing(1, 2, 1.0), RestsOn.FALLING, Fall(None, None, TODAY))
    assert said["en"].endswith("below the mark to keep the class for 2 days.")
    assert said["zh"].endswith("已连续2天低于保留线。")


@pytest.mark.parametrize(("lines", "english"), [(1, "1 product"), (3, "3 products")])
def test_what_a_what_if_takes_for_granted_is_said(lines: int, english: str) -> None:
    said = assumption(lines)
    assert f"an order to hold {english} and" in said["en"]
    assert f"每笔订单含{lines}种商品" in said["zh"]

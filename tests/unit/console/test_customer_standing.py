"""What a customer lacks in a programme is told with units, money, a date, and the cost."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.console.accounts.person import Language
from services.console.pages.customers.missing import (
    Gap,
    gap_line,
    gaps_of,
    purchase_line,
    until_line,
    window_words,
)
from services.console.pages.customers.rows import seen_first
from services.console.pages.customers.standing import since_words
from services.console.pages.customers.supposing import amount_fault, days_fault
from services.scoring import presets
from shared.contracts.tier import TierAnswer
from shared.contracts.tier_history import HistoryItem
from shared.contracts.what_if import WhatIfAnswer
from tests.unit.console.test_customer_pages import ONE, TIER, answers
from tests.unit.console.test_customers import programme
from tests.unit.console.visits import NOW, browsing, stage

COFFEE: dict[str, Any] = json.loads(
    (Path(presets.__path__[0]) / "coffee.json").read_text(encoding="utf-8")
)
SPEND: dict[str, Any] = {
    "currency": "CNY",
    "tiers": [
        {"key": "guest", "name": {"en": "Guest", "zh": "茶客"}},
        {
            "key": "friend",
            "name": {"en": "Friend", "zh": "茶友"},
            "enter": {"any": {"spend": "500.00", "orders": 5}},
        },
    ],
    "window": {"kind": "calendar", "unit": "year"},
}
CLUB = programme(
    programme="coffee",
    name=COFFEE["name"],
    audience="customer_facing",
    is_default=False,
    tiers=[{**tier, "rank": rank} for rank, tier in enumerate(COFFEE["tiers"])],
)
CAUSE = {"code": "refreshed", "text": {"en": "Keeps Silver", "zh": "保留银星"}}


def holding(
    tier: int, missing: str, *, aim: str = "gold", by: str | None = None, **changes: Any
) -> dict[str, Any]:
    needs = [{"metric": "stars", "missing": missing}]
    said = [CAUSE, {"code": "to_next", "text": {"en": "2336 of 2500", "zh": "2336/2500"}}]
    return {
        **TIER,
        "programme": "coffee",
        "tier": {**COFFEE["tiers"][tier], "rank": tier},
        "since": "2026-09-04T00:02:45Z",
        "progress": {"next": {"tier": aim, "needs": needs, "by": by}},
        "reasons": said,
        **changes,
    }


def answer(**changes: Any) -> TierAnswer:
    return TierAnswer.model_validate(holding(1, "164") | changes)


def later(missing: str) -> dict[str, Any]:
    rule = {"kind": "rule", "tier": None, "text": {"en": "2336 of 2500", "zh": "2336/2500"}}
    falls = {"en": "Without a purchase it falls to Regular on 2027-11-22.", "zh": "降为常客"}
    return {
        "customer_id": "c-1",
        "on": "2026-12-22",
        "now": holding(1, "164"),
        "then": holding(1, missing),
        "up": [rule],
        "down": {"tier": None, "on": None, "searched_until": None, "text": falls},
        "assumes": {"en": "A", "zh": "A"},
    }


def club_answers() -> dict[str, Any]:
    version = {
        "programme": "coffee", "version": 1, "status": "published", "created_at": NOW.isoformat(),
        "published_at": NOW.isoformat(), "note": {}, "document": COFFEE,
    }  # fmt: skip
    return {
        **answers(),
        "GET /v1/programmes": {"items": [CLUB.model_dump(mode="json")], "next_cursor": None},
        "GET /v1/programmes/coffee/versions/1": version,
        f"GET {ONE}/tier": holding(1, "164"),
        f"POST {ONE}/what-if": later("300"),
    }


async def test_a_club_says_what_is_missing_until_when_and_what_lowering_the_bar_costs() -> None:
    here = stage(club_answers())
    async with browsing(here.visit) as user:
        await user.open("/customers/c-1")
        await user.should_see("Coffee club · Why not in Gold?")
        await user.should_see("164 stars missing for Gold: 2,336 of 2,500 in the last 12 months")
        await user.should_see("stars: 1 for each CN¥1 spent, so a purchase of CN¥164")
        await user.should_see("300 stars will be missing on 22 Dec 2026")
        await user.should_see("One purchase of CN¥164 reaches Gold.")
        await user.should_see("What would it cost to lower the bar? Simulate Coffee club")
        await user.should_not_see("2336 of 2500")


async def test_a_club_whose_rules_are_not_read_says_what_is_missing_all_the_same() -> None:
    here = stage({**club_answers(), "GET /v1/programmes/coffee/versions/1": None})
    async with browsing(here.visit) as user:
        await user.open("/customers/c-1")
        await user.should_see("164 stars missing")


async def test_a_purchase_that_reaches_gold_tells_what_gold_asks_then() -> None:
    gold = holding(2, "0", progress={"next": None}, valid_until="2027-11-22T01:17:03Z")
    what_if = {**later("164"), "on": "2026-11-22", "then": gold}
    here = stage(club_answers() | {f"POST {ONE}/what-if": what_if})
    async with browsing(here.visit) as user:
        await user.open("/customers/c-1")
        user.find("A purchase today of").type("1,164")
        user.find("Show what would be").click()
        await user.should_see("This is the highest tier.")
        await user.should_see("Gold would be held until 22 Nov 2027, 09:17:03.")
        user.find("A purchase today of").type("5")
        await user.should_see("The question has changed")
        await user.should_not_see("This is the highest tier.")
    asked = {"programme": "coffee", "purchases": [{"amount": "1164"}], "days_passed": 0}
    assert here.bodies(f"POST {ONE}/what-if")[1:] == [asked]


async def test_an_odd_amount_is_told_in_words_and_not_sent() -> None:
    here = stage(club_answers())
    async with browsing(here.visit) as user:
        await user.open("/customers/c-1")
        user.find("A purchase today of").type("abc")
        user.find("Show what would be").click()
        await user.should_see("Write an amount above zero in digits, such as 164 or 164.50.")
    assert len(here.bodies(f"POST {ONE}/what-if")) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""), ("164", ""), ("164.5", ""), ("1,200.00", ""), ("0.01", ""),
        ("abc", "Write an amount"), ("-5", "Write an amount"), ("0", "Write an amount"),
        ("0.00", "Write an amount"), ("1,20", "Write an amount"), ("1.", "Write an amount"),
        ("１６４", "Write an amount"), ("9999999999", "Write an amount"),
        ("1.234", "At most 2 digits"),
    ],
)  # fmt: skip
def test_an_amount_is_looked_at_before_it_is_sent(text: str, said: str) -> None:
    found = amount_fault(stage().visit, text)
    assert found.startswith(said)
    assert bool(found) is bool(said)


@pytest.mark.parametrize(
    ("days", "is_fine"),
    [(None, True), (0, True), (30.0, True), (1.5, False), (-1, False), (731, False), ("x", False)],
)
def test_days_are_whole_and_not_too_many(days: object, *, is_fine: bool) -> None:
    assert (days_fault(stage().visit, days) == "") is is_fine


def test_what_is_missing_for_the_tiers_beyond_the_next_is_told_too() -> None:
    tier = TierAnswer.model_validate(holding(0, "42", aim="silver"))
    assert gaps_of(COFFEE, tier) == [
        Gap("silver", "stars", Decimal(42), Decimal(458), Decimal(500)),
        Gap("gold", "stars", Decimal(2042), Decimal(458), Decimal(2500)),
    ]


def test_a_tier_that_only_waits_to_begin_lacks_nothing() -> None:
    assert gaps_of(COFFEE, TierAnswer.model_validate(holding(1, "0"))) == []


def test_money_is_missing_as_money_and_one_of_several_is_enough() -> None:
    visit = stage().visit
    needs = [{"metric": "spend", "missing": "120.50"}, {"metric": "orders", "missing": "3"}]
    tier = answer(progress={"next": {"tier": "friend", "needs": needs}})
    gaps, one_of = gaps_of(SPEND, tier), " (one of these is enough)"
    assert [gap_line(visit, SPEND, gap) for gap in gaps] == [
        f"{told}{one_of}"
        for told in (
            "CN¥120.50 more to spend for Friend: CN¥379.50 of CN¥500 this year",
            "3 orders missing for Friend: 2 of 5 this year",
        )
    ]
    assert purchase_line(visit, SPEND, gaps) == ""
    assert purchase_line(visit, SPEND, gaps[:1]).startswith("One purchase of CN¥120.50")


@pytest.mark.parametrize(
    ("by", "missing", "said"),
    [
        ("2026-12-31T16:00:00Z", "164", "Until 1 Jan 2027"),
        (None, "164", "stays the same at least until 22 Dec 2026"),
        (None, "300", "300 stars will be missing on 22 Dec 2026"),
    ],
    ids=["the period ends", "stays", "grows"],
)
def test_until_when_it_is_missing_is_told(by: str | None, missing: str, said: str) -> None:
    tier = TierAnswer.model_validate(holding(1, "164", by=by))
    then = WhatIfAnswer.model_validate(later(missing))
    assert said in until_line(stage().visit, COFFEE, tier, then)


def test_nothing_is_said_of_an_end_that_is_not_known() -> None:
    assert until_line(stage().visit, COFFEE, answer(), None) == ""


@pytest.mark.parametrize(
    ("window", "said"),
    [
        ({"kind": "rolling", "days": 90}, "in the last 90 days"),
        ({"kind": "anniversary"}, "this membership year"),
        ({"kind": "lifetime"}, "so far"),
        ({"kind": "made up"}, "so far"),
    ],
    ids=["days", "anniversary", "lifetime", "unknown"],
)
def test_the_time_that_counts_is_named(window: dict[str, Any], said: str) -> None:
    assert window_words(stage().visit, {"window": window}) == said


def told(at: str, reason: str) -> HistoryItem:
    return HistoryItem.model_validate(
        {
            "history_id": "0198c0de-0000-7000-8000-000000000000", "programme": "coffee",
            "tier_from": None, "tier_to": "silver", "reason": reason, "at": at, "known_at": at,
            "release": "r-1", "customer_version": 1,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("history", "said"),
    [
        (
            [told("2026-11-23T04:12:04Z", "first_decision")],
            "4 Sept 2026 by the rules; decided first on 23 Nov 2026",
        ),
        ([told("2026-09-04T00:02:45Z", "first_decision")], "4 Sept 2026, 08:02:45"),
        ([told("2026-11-23T04:12:04Z", "qualified")], "4 Sept 2026, 08:02:45"),
        ([], "4 Sept 2026, 08:02:45"),
    ],
    ids=["decided later", "decided then", "not the first", "never told"],
)
def test_a_tier_older_than_its_first_decision_says_both(
    history: list[HistoryItem], said: str
) -> None:
    assert since_words(stage().visit, answer(), history) == said


def test_programmes_that_customers_see_come_first() -> None:
    assert [each.programme for each in seen_first([programme(), CLUB])] == ["coffee", "value"]


def test_a_gap_is_told_in_chinese() -> None:
    visit = stage(language=Language.CHINESE).visit
    (gap,) = gaps_of(COFFEE, answer())
    said = "距“金星”还差星星 164：最近 12 个月内已有 2,336，需要 2,500；每消费 ¥1 得 1 个星星"
    assert gap_line(visit, COFFEE, gap).startswith(said)

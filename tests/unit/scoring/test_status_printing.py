"""The answer of a status programme: amounts, dates and reasons as people read them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.scoring.domain.status.engine.reasons import Reason
from services.scoring.domain.status.engine.stand import Missing, Stand
from services.scoring.domain.status.printing import StatusPrinter
from services.scoring.domain.status.programme import status_programme
from services.scoring.domain.status.words import window_words
from tests.status_shop import club

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
UNTIL = datetime(2027, 3, 1, 16, tzinfo=UTC)
#: Rules in every metric there is.
PRIME = club(
    tiers=[
        {"key": "guest", "name": {"en": "Guest", "zh": "访客"}},
        {"key": "plus", "name": {"en": "Plus", "zh": "会员"}, "enter": {"grant": "paid"}},
        {
            "key": "gold",
            "name": {"en": "Gold", "zh": "金卡"},
            "enter": {
                "grant": "paid",
                "all": {"quantity": "2.500"},
                "any": {"orders": 12, "spend": "2000.00", "days": 3},
            },
        },
    ],
    time_zone="Asia/Shanghai",
)


def stand(**changes: Any) -> Stand:
    plain: dict[str, Any] = {
        "rank": 1,
        "earned_rank": 1,
        "since": SINCE,
        "until": UNTIL,
        "status": "held",
        "grace_until": None,
        "reason": Reason.QUALIFIED,
        "items": (),
        "next_change_at": None,
        "warn": None,
        "next": None,
        "keep": None,
    }
    return Stand(**plain | changes)


def printed(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    printer = StatusPrinter(status_programme("club", 4, document), 9)
    body: dict[str, Any] = json.loads(printer.decided("c-1", stand(**changes), "active") + b"}")
    return body


def texts(answer: dict[str, Any], language: str = "en") -> list[str]:
    return [reason["text"][language] for reason in answer["reasons"]]


def test_an_answer_names_programme_release_tier_and_dates() -> None:
    answer = printed(club())
    assert answer["customer_id"] == "c-1"
    assert (answer["programme"], answer["programme_version"]) == ("club", 4)
    assert (answer["release"], answer["model_version"]) == ("r-9", None)
    assert answer["tier"] == {"key": "silver", "rank": 1, "name": {"en": "Silver", "zh": "银星"}}
    assert (answer["since"], answer["valid_until"]) == (
        "2026-03-01T00:00:00Z",
        "2027-03-01T16:00:00Z",
    )


@pytest.mark.parametrize(
    ("metric", "amount", "text"),
    [
        ("spend", 180_050, "1800.50"),
        ("margin", -5, "-0.05"),
        ("quantity", 1_500, "1.500"),
        ("orders", 7, "7"),
        ("days", 1, "1"),
        ("stars", 1880, "1880"),
    ],
)
def test_amounts_are_written_in_the_metric_s_decimals(metric: str, amount: int, text: str) -> None:
    assert status_programme("club", 1, club()).amount(metric, amount) == text


def test_money_without_decimals_has_none() -> None:
    assert status_programme("club", 1, club(currency="JPY")).amount("spend", 1200) == "1200"


def test_what_is_missing_is_told_with_its_date_in_the_programme_s_zone() -> None:
    keep = Missing("silver", (("stars", 120),), is_any=False, grant=None, by=UNTIL)
    answer = printed(club(time_zone="Asia/Shanghai"), keep=keep)
    assert answer["progress"]["keep"] == {
        "tier": "silver",
        "needs": [{"metric": "stars", "missing": "120"}],
        "by": "2027-03-01T16:00:00Z",
    }
    assert texts(answer)[-1] == "380 of 500 stars in the last 12 months for Silver by 2027-03-02"


def test_a_tier_that_is_kept_tells_what_it_needs_beside_what_there_is() -> None:
    ahead = Missing("gold", (("stars", 164),), is_any=False, grant=None, by=None)
    kept = printed(club(), reason=Reason.REFRESHED, next=ahead)
    assert texts(kept)[0] == "Keeps Silver: 500 stars needed in the last 12 months, has 2,336"
    assert texts(kept, "zh")[0] == "银星顺延：最近12个月内需颗星 500，现有 2,336"
    assert texts(printed(club(), reason=Reason.REFRESHED))[0] == (
        "Keeps Silver: 500 stars needed in the last 12 months"
    )


def test_a_tier_that_only_waits_is_told_with_nothing_missing() -> None:
    met = Missing("gold", (), is_any=False, grant=None, by=None, begins="next_order")
    answer = printed(club(), next=met)
    needs = [{"metric": "stars", "missing": "0"}]
    assert answer["progress"]["next"] == {"tier": "gold", "needs": needs, "by": None}
    assert texts(answer)[-1] == "Has what Gold asks; it begins with the next order"
    assert texts(answer, "zh")[-1] == "已达到金星标准，下次购买时生效"


def test_a_rule_that_asks_for_a_grant_and_any_metric_is_told_in_full() -> None:
    needs = (("quantity", 500), ("orders", 4))
    following = Missing("gold", needs, is_any=True, grant="paid", by=None)
    answer = printed(PRIME, rank=2, next=following)
    assert texts(answer) == [
        (
            "Reached Gold: a paid membership and 2.500 items and 12 orders or 2000.00 CNY spent or"
            " 3 days with an order in the last 12 months"
        ),
        "Gold asks for a paid membership",
        "2.000 of 2.500 items in the last 12 months for Gold",
        "8 of 12 orders in the last 12 months for Gold",
    ]
    assert texts(answer, "zh")[2:] == [
        "金卡：最近12个月内商品件数 2.000/2.500",
        "金卡：最近12个月内订单数 8/12",
    ]


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words_in_both_languages(reason: Reason) -> None:
    answer = printed(club(), reason=reason)
    assert answer["reasons"][0]["code"] == reason
    assert "Silver" in texts(answer)[0]
    assert "银星" in texts(answer, "zh")[0]


@pytest.mark.parametrize(
    ("window", "text"),
    [
        ({"kind": "rolling", "months": 12}, "in the last 12 months"),
        ({"kind": "rolling", "months": 1}, "in the last month"),
        ({"kind": "rolling", "days": 90}, "in the last 90 days"),
        ({"kind": "calendar", "unit": "year", "start_month": 4}, "this year"),
        ({"kind": "calendar", "unit": "quarter"}, "this quarter"),
        ({"kind": "anniversary"}, "this membership year"),
        ({"kind": "lifetime"}, "so far"),
    ],
)
def test_windows_have_words(window: dict[str, Any], text: str) -> None:
    assert window_words(window)["en"] == text


def test_names_of_tiers_may_hold_braces() -> None:
    document = club()
    document["tiers"][1]["name"] = {"en": "Silver {0}", "zh": "银{tier}"}
    assert texts(printed(document))[0].startswith("Reached Silver {0}:")


@pytest.mark.parametrize(
    ("how", "known", "code"),
    [("undecided", True, "not_in_force"), ("unknown", False, "unknown_customer")],
)
def test_before_a_release_and_for_strangers_the_entry_tier_is_told(
    how: str,
    known: bool,
    code: str,
) -> None:
    printer = StatusPrinter(status_programme("club", 1, club()), None)
    answer = json.loads(getattr(printer, how)("c-1") + b"}")
    assert (answer["known"], answer["tier"]["key"], answer["release"]) == (known, "regular", None)
    assert [reason["code"] for reason in answer["reasons"]] == [code]


def test_a_tier_without_an_end_says_so() -> None:
    answer = printed(club(), until=None, status="pinned", reason=Reason.PINNED)
    assert (answer["valid_until"], answer["status"]) == (None, "pinned")

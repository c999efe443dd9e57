"""Win-back in the console: who, why, and what to do for them."""

from datetime import date
from typing import Any

import pytest

from services.console.accounts.person import Language
from services.console.pages.winback.rows import (
    coming_lines,
    drop_row,
    festival_lines,
    task_href,
    win_back_row,
)
from shared.contracts.care import FestivalItem, FrequencyDrop, WinBackPage
from shared.contracts.previews import PlaybookPreview
from tests.unit.console.care_answers import recorded
from tests.unit.console.visits import browsing, stage

PREVIEW = "/v1/playbooks/birthday/preview"
DROP = {
    "customer_id": "c-1",
    "signs": ["silent"],
    "lifecycle": "at_risk",
    "last_order": "2026-11-06",
    "quiet_days": 17,
    "usual_gap_days": None,
    "order_days_90": 7,
    "expected_order_days_90": 5.7,
    "spend_365_days": {"amount": "6364.77", "currency": "CNY"},
    "text": {"en": "No order for 17 days.", "zh": "已有17天未下单。"},
}
BACK = {
    "customer_id": "c-1",
    "lifecycle": "churned",
    "tier": None,
    "last_order": "2025-09-02",
    "quiet_days": 447,
    "usual_gap_days": 107.3,
    "value": {"amount": "15685.10", "currency": "CNY"},
    "recoverability": 0.2701,
    "factors": {"silence": 0.54, "response": 0.5, "consent": 1.0},
    "expected_gain": {"amount": "4237.24", "currency": "CNY"},
    "season_free_score": 0.07,
    "reasons": [
        {"code": "worth", "text": {"en": "Worth 1234.50 CNY.", "zh": "约值1234.50 CNY。"}},
        {"code": "quiet", "text": {"en": "Quiet.", "zh": "久未下单。"}},
    ],
}


def answers() -> dict[str, Any]:
    return {
        "GET /v1/care/win-back": {"programme": "value", "items": [BACK], "next_cursor": None},
        "GET /v1/care/frequency-drops": {"items": [DROP], "next_cursor": None},
        "GET /v1/care/festivals": recorded("GET /v1/care/festivals"),
        f"POST {PREVIEW}": recorded("POST /v1/playbooks/{playbook_key}/preview"),
    }


def test_who_to_win_back_is_told_in_words() -> None:
    item = WinBackPage.model_validate({"programme": "value", "items": [BACK]}).items[0]
    row = win_back_row(stage(language=Language.CHINESE).visit, item)
    assert (row["gain"], row["recoverable"]) == ("¥4,237.24", "27%")
    assert row["quiet"] == "447 天（平常 107 天）"
    assert row["why"] == "约值¥1,234.50。 久未下单。"


def test_who_comes_less_often_is_told_beside_the_expected() -> None:
    row = drop_row(stage().visit, FrequencyDrop.model_validate(DROP))
    assert (row["orders"], row["expected"], row["quiet"]) == ("7", "5.7", "17 days")


@pytest.mark.parametrize(
    ("customer", "href"),
    [
        ("c-1", "/tasks/new?customer=c-1&playbook=win-back"),
        ("a&b=/c", "/tasks/new?customer=a%26b%3D%2Fc&playbook=win-back"),
        (None, ""),
    ],
)
def test_a_task_is_made_for_somebody_with_an_id(customer: str | None, href: str) -> None:
    assert task_href(customer, "win-back") == href


def test_festivals_come_in_order_and_only_with_a_date() -> None:
    name = {"en": "A", "zh": "甲"}
    found = [
        FestivalItem.model_validate({"key": k, "name": name, "calendar": "lunar", "next_on": day})
        for k, day in (("b", "2026-12-25"), ("a", "2026-12-01"), ("c", None))
    ]
    lines = festival_lines(stage().visit, found, date(2026, 11, 22))
    assert [line[2] for line in lines] == ["9 days", "33 days"]


def test_greetings_to_come_are_told() -> None:
    preview = PlaybookPreview.model_validate(
        {
            **recorded("POST /v1/playbooks/{playbook_key}/preview"),
            "coming": [
                {
                    "contact_on": "2026-11-24",
                    "occasion": {"en": "Birthday", "zh": "生日"},
                    "on": "2026-11-25",
                    "customers": 3,
                }
            ],
        }
    )
    assert coming_lines(stage().visit, preview) == [["24 Nov 2026", "Birthday", "25 Nov 2026", "3"]]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/win-back", "Whom to win back"),
        ("/win-back/drops", "Come less often"),
        ("/win-back/greetings", "Christmas"),
    ],
)
async def test_pages_show_what_feedback_answers(path: str, text: str) -> None:
    async with browsing(stage(answers()).visit) as user:
        await user.open(path)
        await user.should_see(text)


async def test_a_shop_without_a_birthday_playbook_is_told_what_to_do() -> None:
    missing = {**answers(), f"POST {PREVIEW}": (404, {"detail": "no"})}
    async with browsing(stage(missing).visit) as user:
        await user.open("/win-back/greetings")
        await user.should_see("Begin with the preset")

"""What reports make of what customers said, and of whom to win back."""

from typing import Any

import httpx
import pytest

from services.console.reports.reading import care, voices
from tests.report_services import MONEY, asker_of, giving


async def test_lists_are_read_page_by_page_and_no_further_than_needed() -> None:
    asked: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params.get("cursor"))
        said: dict[str, Any] = {
            "feedback_id": "01a205df-d25d-770a-9158-5f67595c91f8",
            "kind": "csat",
            "customer_id": None,
            "channel": "web",
            "rating": 1,
            "text": None,
            "language": None,
            "order_id": None,
            "session_id": None,
            "properties": {},
            "is_tier_known": False,
            "tier_held": None,
            "occurred_at": "2026-10-02T00:00:00Z",
            "received_at": "2026-10-02T00:00:00Z",
        }
        is_last = len(asked) == 3
        page = {"items": [said] * 100, "next_cursor": None if is_last else f"c{len(asked)}"}
        return httpx.Response(200, json=page)

    found = await voices.read_voices(asker_of(answer))
    assert asked == [None, "c1", "c2"]
    assert found is not None
    assert [(each.kind, each.said, each.bad) for each in found.themes] == [("csat", 300, 300)]
    assert found.is_all


@pytest.mark.parametrize(
    ("kind", "rating", "is_bad"),
    [
        ("csat", 2, True),
        ("csat", 3, False),
        ("nps", 6, True),
        ("nps", 7, False),
        ("complaint", None, True),
        ("suggestion", None, False),
    ],
)
def test_bad_news_are_complaints_and_low_ratings(
    kind: str, rating: int | None, is_bad: bool
) -> None:
    assert voices.is_bad(kind, rating) == is_bad


async def test_dates_are_asked_for_from_midnight_to_midnight_of_the_shop() -> None:
    asked: dict[str, str] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        asked.update(request.url.params)
        return httpx.Response(404, json={})

    await voices.read_cases(asker_of(answer))
    assert asked == {"since": "2026-09-30T16:00:00+00:00", "until": "2026-10-31T16:00:00+00:00"}


async def test_who_is_to_be_won_back_stays_unnamed() -> None:
    item: dict[str, Any] = {
        "customer_id": "c-1",
        "lifecycle": "at_risk",
        "tier": None,
        "last_order": "2026-10-01",
        "quiet_days": 22,
        "usual_gap_days": 8.0,
        "value": MONEY,
        "recoverability": 0.5,
        "factors": {"silence": 1, "response": 0.5, "consent": 1},
        "expected_gain": MONEY,
        "season_free_score": None,
        "reasons": [],
    }
    page = {"programme": "value", "items": [item], "next_cursor": "more"}
    found = await care.read_win_back(asker_of(giving({"/v1/care/win-back": page})))
    assert found is not None
    assert [(each.lifecycle, each.gain) for each in found.people] == [("at_risk", 12.5)]
    assert not found.is_all
    assert "c-1" not in repr(found)

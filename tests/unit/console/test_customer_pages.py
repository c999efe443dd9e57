"""The pages of customers: somebody is found, explained, pinned with a reason, and never lost."""

import asyncio
from typing import Any

import pytest
from nicegui import ui

from services.console.accounts.roles import Role
from shared.contracts.controls import EXAMPLE_PIN
from shared.contracts.customer_list import EXAMPLE_LIST_PAGE
from shared.contracts.entitlements import EXAMPLE_ENTITLEMENTS
from shared.contracts.explanation import EXAMPLE_EXPLANATION
from shared.contracts.score_history import EXAMPLE_SCORE_HISTORY
from tests.unit.console.care_answers import PROGRAMME
from tests.unit.console.visits import NOW, browsing, stage

ONE = "/v1/customers/c-1"
TIER: dict[str, Any] = {
    "customer_id": "c-1",
    "known": True,
    "programme": "value",
    "programme_version": 1,
    "tier": PROGRAMME["tiers"][1],
    "status": "held",
    "reasons": [{"code": "x", "text": {"en": "Among the top 50 %", "zh": "前50%"}}],
    "as_of": NOW.isoformat(),
}
PROFILE: dict[str, Any] = {
    "customer_id": "c-1",
    "attributes": {"geography": {"city": "<script>alert(1)</script>"}},
    "identifiers": [{"kind": "phone", "value": "+8613800138000"}],
    "consents": {"marketing": False},
    "version": 3,
    "created_at": NOW.isoformat(),
}
NOBODY: dict[str, Any] = {"items": [], "next_cursor": None}
SCORE: dict[str, Any] = {
    "customer_id": "c-1",
    "known": True,
    "value": {"amount": "468.00", "currency": "CNY"},
    "low": {"amount": "120.00", "currency": "CNY"},
    "high": {"amount": "890.00", "currency": "CNY"},
    "probability_to_buy": 0.41,
    "horizon_days": 91,
    "lifecycle": "active",
    "as_of": NOW.isoformat(),
}


def answers() -> dict[str, Any]:
    return {
        "GET /v1/programmes": {"items": [PROGRAMME], "next_cursor": None},
        "GET /v1/segments": NOBODY,
        "POST /v1/customers/list": EXAMPLE_LIST_PAGE,
        "POST /v1/customers/search": {"items": []},
        f"GET {ONE}": PROFILE,
        f"GET {ONE}/tier": TIER,
        f"GET {ONE}/tier/history": {"items": []},
        f"GET {ONE}/score": SCORE,
        f"GET {ONE}/score/history": EXAMPLE_SCORE_HISTORY,
        f"GET {ONE}/explanation": EXAMPLE_EXPLANATION,
        f"GET {ONE}/pins": NOBODY,
        f"GET {ONE}/grants": NOBODY,
        f"GET {ONE}/entitlements": EXAMPLE_ENTITLEMENTS,
        f"GET {ONE}/points": (409, {"type": "tag:tierline,2026:problem/no_points"}),
        f"GET {ONE}/consents": {"customer_id": "c-1", "consents": {"marketing": False}},
        "GET /v1/merges": NOBODY,
        f"GET {ONE}/timeline": NOBODY,
    }


async def test_why_somebody_is_not_in_the_top_tier_is_told() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open("/customers/c-1")
        await user.should_see("Why not in High value?")
        await user.should_see("One purchase of CN¥460 today would lift the class to High value")
        await user.should_see("Without a purchase the class falls to Standard on 14 Jan 2027.")
        await user.should_see("What would it cost to lower the bar?")


async def test_somebody_is_searched_by_what_is_in_hand() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open("/customers")
        user.find("Customer id, card, phone, e-mail, order").type("138 0013 8000")
        user.find(kind=ui.button, content="Find").click()
        await user.should_see("Nobody found")
    assert here.bodies("POST /v1/customers/search") == [{"query": "138 0013 8000", "limit": 20}]


async def test_a_list_begins_where_its_address_says() -> None:
    more = {**EXAMPLE_LIST_PAGE, "next_cursor": "following"}
    here = stage({**answers(), "POST /v1/customers/list": more})
    async with browsing(here.visit) as user:
        await user.open("/customers?tier=value/high&min_value=100&part=2")
        await user.should_see("Tiers of Customer value; the value is what is expected")
        await user.should_see("51")
    asked = {"programme": "value", "tier": "high", "min_value": "100", "sort": "value", "limit": 50}
    assert here.bodies("POST /v1/customers/list") == [asked, {**asked, "cursor": "following"}]


async def test_another_programme_offers_its_own_tiers() -> None:
    club = {
        **PROGRAMME, "programme": "club", "is_default": False, "name": {"en": "Club", "zh": "会"},
        "tiers": [{"key": "gold", "rank": 0, "name": {"en": "Gold", "zh": "金"}}],
    }  # fmt: skip
    live = {"items": [PROGRAMME, club], "next_cursor": None}
    here = stage({**answers(), "GET /v1/programmes": live})
    async with browsing(here.visit) as user:
        await user.open("/customers?programme=value&tier=high")
        selects = sorted(user.find(kind=ui.select).elements, key=lambda each: each.id)
        which, tiers = selects[0], selects[1]
        assert isinstance(tiers.options, dict)
        assert set(tiers.options) == {"high", "mid", "low"}
        with user:
            which.set_value("club")
        async with asyncio.timeout(10):
            while len(here.bodies("POST /v1/customers/list")) == 1:
                await asyncio.sleep(0)
        assert set(tiers.options) == {"gold"}
    assert here.bodies("POST /v1/customers/list")[-1]["programme"] == "club"
    assert "tier" not in here.bodies("POST /v1/customers/list")[-1]


async def test_a_pin_is_made_with_a_reason_that_both_logs_hold() -> None:
    pinned = {**EXAMPLE_PIN, "tier": "high"}
    here = stage({**answers(), f"POST {ONE}/pins": pinned})
    async with browsing(here.visit) as user:
        await user.open("/customers/c-1")
        user.find("Pin the tier").click()
        await user.should_see("not below")
        user.find("Why? This is written into the audit log.").type("Promised in May")
        user.find("Confirm").click()
        await user.should_see("Done")
    (sent,) = here.bodies(f"POST {ONE}/pins")
    assert sent["reason"] == "Promised in May"
    (entry,) = here.accounts.entries
    assert (entry.action, entry.subject) == ("customer.pinned", "customer:c-1")
    assert entry.details["reason"] == "Promised in May"
    assert here.accounts.outcomes == ["done"]


async def test_a_change_without_a_reason_is_not_made() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open("/customers/c-1")
        user.find("Grant a tier").click()
        await user.should_see("Confirm")
        user.find("Confirm").click()
        await user.should_see(here.visit.say("faults.reason"))
    assert here.accounts.entries == []


async def test_what_if_is_asked_and_told() -> None:
    what_if = {
        "customer_id": "c-1",
        "on": "2026-11-22",
        "now": TIER,
        "then": {**TIER, "tier": PROGRAMME["tiers"][0]},
        "up": [],
        "down": {"tier": None, "on": None, "searched_until": None, "text": {"en": "D", "zh": "D"}},
        "assumes": {"en": "A", "zh": "A"},
    }
    here = stage({**answers(), f"POST {ONE}/what-if": what_if})
    async with browsing(here.visit) as user:
        await user.open("/customers/c-1")
        user.find("A purchase today of").type("90.00")
        user.find("Show what would be").click()
        await user.should_see("on 22 Nov 2026")
    (sent,) = here.bodies(f"POST {ONE}/what-if")
    assert sent == {"programme": "value", "purchases": [{"amount": "90.00"}], "days_passed": 0}


@pytest.mark.parametrize("role", [Role.ANALYST, Role.MARKETER, Role.OPS])
async def test_who_may_not_change_sees_no_way_to(role: Role) -> None:
    here = stage(answers(), role=role)
    async with browsing(here.visit) as user:
        await user.open("/customers/c-1")
        await user.should_not_see("Pin the tier")
        await user.open("/customers/c-1/profile")
        await user.should_see("••••00")
        await user.should_not_see("Erase for ever")


async def test_markup_in_attributes_is_text() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open("/customers/c-1/profile")
        await user.should_see(kind=ui.label, content="<script>alert(1)</script>")


async def test_erasing_asks_for_the_id_first() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open("/customers/c-1/profile")
        user.find("Erase for ever").click()
        await user.should_see("This cannot be undone")
        user.find("Why? This is written into the audit log.").type("They asked for it")
        user.find("Confirm").click()
        await user.should_see("Type “c-1” to confirm")
    assert here.accounts.entries == []


async def test_a_page_shows_the_rest_where_scoring_is_away() -> None:
    known = {name: said for name, said in answers().items() if not name.endswith("/score")}
    here = stage({**known, f"GET {ONE}/score": None})
    async with browsing(here.visit) as user:
        await user.open("/customers/c-1")
        await user.should_see("does not answer just now")
        await user.should_see("Why not in High value?")


@pytest.mark.parametrize("page", ["benefits", "timeline", "profile"])
async def test_the_other_pages_of_a_customer_stand(page: str) -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open(f"/customers/c-1/{page}")
        await user.should_see("Customer c-1")
        await user.should_not_see("does not answer just now")

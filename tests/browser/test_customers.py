"""Somebody is found by their card, explained, pinned with a reason, and let go again."""

import csv
import io
import json
import re

import pytest
from playwright.sync_api import Page, expect

from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from tests.browser.conftest import Enter
from tests.browser.console import Console
from tests.browsers import come_to


def one_of(console: Console, tier: str) -> str:
    """Name a customer of a tier of `value` who has bought."""
    asked = {"programme": "value", "tier": tier, "limit": 1}
    (found,) = console.tell("scoring", "/v1/customers/list", asked)["items"]
    return str(found["customer_id"])


def card_of(console: Console, customer_id: str) -> str:
    known = console.ask("ingest", f"/v1/customers/{customer_id}")["identifiers"]
    return next(str(each["value"]) for each in known if each["kind"] == "loyalty_account")


def but_for_figures(told: str) -> re.Pattern[str]:
    """Give a sentence of scoring with any amounts and dates: the console writes them its way."""
    words = re.split(r"CNY [\d,.]*\d|[\d,.]*\d元|\d{4}-\d\d-\d\d", told)
    return re.compile(".+?".join(re.escape(part) for part in words))


def search(page: Page, label: str, query: str) -> None:
    come_to(page, "/customers")
    page.get_by_label(label).fill(query)
    page.get_by_label(label).press("Enter")


@pytest.mark.parametrize(
    ("language", "label", "title", "words"),
    [
        (Language.ENGLISH, "Customer id, card", "Why not in High value?", "What would change it"),
        (Language.CHINESE, "会员编号、卡号", "为什么不是“高价值”？", "怎样才会改变"),
    ],
)
def test_why_somebody_is_not_in_the_top_tier_is_found_by_their_card(  # noqa: PLR0917
    console: Console, enter: Enter, language: Language, label: str, title: str, words: str
) -> None:
    who = one_of(console, "mid")
    page = enter(Role.SERVICE, language)
    search(page, label, card_of(console, who))
    expect(page).to_have_url(re.compile(f"/customers/{who}$"))
    section = page.get_by_role("region", name=title)
    expect(section.get_by_role("heading", name=words)).to_be_visible()
    told = console.ask("scoring", f"/v1/customers/{who}/explanation")["flip"]["up"]["text"]
    expect(section).to_contain_text(but_for_figures(told[language.value]))
    expect(section.get_by_role("link")).to_have_attribute("href", "/programmes/value")


def test_a_tier_is_pinned_with_a_reason_and_taken_back(console: Console, enter: Enter) -> None:
    who = one_of(console, "low")
    page = enter(Role.SERVICE)
    come_to(page, f"/customers/{who}")
    page.get_by_role("button", name="Pin the tier").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tier").click()
    page.get_by_role("option", name=re.compile("High value")).click()
    dialog.get_by_role("button", name="Confirm").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label(re.compile("^Why")).fill("Promised after a late delivery")
    dialog.get_by_role("button", name="Confirm").click()
    pinned = page.get_by_role("region", name="Set by hand")
    expect(pinned).to_contain_text("Promised after a late delivery")
    held = console.ask("scoring", f"/v1/customers/{who}/tier?programme=value")
    assert held["tier"]["key"] == "high"
    pinned.get_by_role("button", name="Take it back").first.click()
    page.get_by_role("dialog").get_by_label(re.compile("^Why")).fill("Only a test of the console")
    page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    expect(pinned).to_contain_text("Over:")
    held = console.ask("scoring", f"/v1/customers/{who}/tier?programme=value")
    assert held["tier"]["key"] == "low"


def test_what_would_be_is_told_without_storing_anything(console: Console, enter: Enter) -> None:
    who = one_of(console, "mid")
    before = console.ask("scoring", f"/v1/customers/{who}/tier/history?programme=value")
    page = enter(Role.ANALYST)
    come_to(page, f"/customers/{who}")
    section = page.get_by_role("region", name="What if?")
    section.get_by_label("Tier programme").click()
    page.get_by_role("option", name="Customer value").click()
    section.get_by_label("A purchase today of").fill("99999.00")
    section.get_by_role("button", name="Show what would be").click()
    expect(section.get_by_role("status")).to_contain_text("High value")
    assert console.ask("scoring", f"/v1/customers/{who}/tier/history?programme=value") == before


def test_a_list_and_all_of_one_customer_are_downloaded(console: Console, enter: Enter) -> None:
    page = enter(Role.SERVICE)
    come_to(page, "/customers?programme=value&tier=high")
    with page.expect_download() as started:
        page.get_by_role("link", name="Download this list").click()
    rows = list(csv.DictReader(io.StringIO(started.value.path().read_text(encoding="utf-8"))))
    assert {row["tier"] for row in rows} == {"high"}
    values = [float(row["expected_value"]) for row in rows]
    assert values == sorted(values, reverse=True)
    who = rows[0]["customer_id"]
    come_to(page, f"/customers/{who}/profile")
    with page.expect_download() as started:
        page.get_by_role("link", name="Download everything").click()
    assert who in json.dumps(json.loads(started.value.path().read_bytes()))

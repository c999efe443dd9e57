"""A deck is made on the page of reports, taken away and opened, in both languages."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pptx import Presentation

from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from services.console.words import said
from tests.browser.conftest import Enter
from tests.browsers import come_to

#: The worker makes it within seconds; a machine that starts everything else takes longer.
_MADE_WITHIN_MS = 90_000


def words(language: Language, key: str) -> str:
    return said(language, f"reports.{key}")


def made(page: Page, language: Language) -> None:
    """Make a report of what is filled in, and wait for it."""
    come_to(page, "/reports")
    rows = page.get_by_role("group", name=words(language, "made")).get_by_role("row")
    before = rows.count()
    page.get_by_role("button", name=words(language, "make_it")).click()
    if before:
        expect(rows).to_have_count(before + 1)
    newest = rows.nth(1)
    expect(newest).to_contain_text(words(language, "state_done"), timeout=_MADE_WITHIN_MS)


@pytest.mark.parametrize("language", list(Language), ids=str)
def test_a_deck_is_made_taken_away_and_opened(
    enter: Enter, language: Language, tmp_path: Path
) -> None:
    page = enter(Role.MARKETER, language)
    made(page, language)
    with page.expect_download() as coming:
        page.get_by_role("link", name="PowerPoint").first.click()
    file = tmp_path / "deck.pptx"
    coming.value.save_as(file)
    audience = said(language, "decks.audience_management")
    title = said(language, "decks.deck_title", audience=audience)
    assert coming.value.suggested_filename.startswith(title.replace(" · ", " - "))
    opened: Any = Presentation(str(file))
    assert opened.slides[0].shapes.title.text == title
    assert len(opened.slides) > 8
    assert any(shape.has_chart for slide in opened.slides for shape in slide.shapes)


def test_a_deck_is_looked_at_before_it_is_taken(enter: Enter) -> None:
    page = enter(Role.SERVICE, Language.ENGLISH)
    made(page, Language.ENGLISH)
    page.get_by_role("button", name="Preview").first.click()
    deck = page.frame_locator("iframe")
    expect(deck.get_by_role("heading", level=1)).to_contain_text("Customer report")
    assert deck.locator("svg").count() > 0


def test_a_schedule_is_set_up_paused_and_deleted(enter: Enter) -> None:
    page = enter(Role.ANALYST, Language.ENGLISH)
    come_to(page, "/reports")
    page.get_by_role("button", name="New schedule").click()
    page.get_by_role("textbox", name="Why?").fill("for the monthly meeting")
    page.get_by_role("button", name="Confirm").click()
    row = page.get_by_role("row").filter(has_text="Day 1 of every month at 08:00").last
    expect(row).to_contain_text("Management")
    for button, told in (("Pause", "Paused"), ("Delete", "")):
        row.get_by_role("button", name=button).click()
        page.get_by_role("textbox", name="Why?").fill("over for now")
        page.get_by_role("button", name="Confirm").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        if told:
            expect(row).to_contain_text(told)
    page.reload()
    expect(page.get_by_text("Day 1 of every month at 08:00")).to_have_count(0)

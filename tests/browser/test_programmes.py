"""What another bar would do is asked; a draft is simulated, and put into force with a reason."""

import re

import pytest
from playwright.sync_api import Page, expect

from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from services.console.words import said
from tests.browser.conftest import Enter
from tests.browser.console import Console
from tests.browsers import come_to

#: The whole base is replayed in the background; a machine that starts everything else takes longer.
_REPLAYED_WITHIN_MS = 120_000
GOLD = {Language.ENGLISH: "Gold", Language.CHINESE: "金星"}
STARS = {Language.ENGLISH: "stars", Language.CHINESE: "星星"}


class Words:
    """The words of the programmes' room in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def __call__(self, key: str, **parts: object) -> str:
        room = "" if "." in key else "programmes."
        return said(self._language, f"{room}{key}", **parts)


def version_of(console: Console) -> int:
    """Tell which version of the club is in force."""
    found = console.ask("scoring", "/v1/programmes/coffee")
    return int(found["version"])


def members_of(console: Console) -> dict[str, int]:
    """Count who holds which tier of the club."""
    rows = console.query(
        "SELECT tier_key, count(*) FROM tier_current JOIN live_releases"
        " USING (programme_key, release_id) WHERE programme_key = 'coffee' GROUP BY 1"
    )
    return {row["tier_key"]: row["count"] for row in rows}


def ask_for_gold(page: Page, say: Words, language: Language, height: str) -> None:
    """Ask what another bar for gold would do, and wait for the sentence."""
    come_to(page, "/programmes/coffee")
    field = say("what_if_height", tier=GOLD[language], metric=STARS[language])
    page.get_by_label(field).fill(height)
    page.get_by_role("button", name=say("what_if_ask_of", tier=GOLD[language])).click()
    expect(page.locator(".tl-headline")).to_be_visible(timeout=_REPLAYED_WITHIN_MS)


@pytest.mark.parametrize("language", list(Language), ids=str)
def test_what_a_lower_bar_would_do_and_cost_is_said_in_a_sentence(
    console: Console, enter: Enter, language: Language
) -> None:
    say = Words(language)
    before = version_of(console)
    page = enter(Role.MARKETER, language)
    ask_for_gold(page, say, language, "2000")
    sentence = page.locator(".tl-headline").inner_text()
    assert GOLD[language] in sentence
    # how many rise, and what they cost: both are figures of this base
    assert re.search(r"\d", sentence)
    assert "¥" in sentence
    expect(page.get_by_role("heading", name=say("migration"))).to_be_visible()
    expect(page.get_by_role("heading", name=say("replay"))).to_be_visible()
    assert version_of(console) == before


def test_a_draft_is_published_with_who_answers_for_it_and_taken_back(
    console: Console, enter: Enter
) -> None:
    say = Words(Language.ENGLISH)
    before = version_of(console)
    page = enter(Role.MARKETER, Language.ENGLISH)
    ask_for_gold(page, say, Language.ENGLISH, "2400")
    page.get_by_role("link", name=re.compile("^Kept as version")).click()
    held = members_of(console)
    page.wait_for_url(re.compile("/versions/"))
    version = int(page.url.rpartition("/")[2])
    path = f"/v1/programmes/coffee/versions/{version}/simulation"
    starts = console.ask("scoring", path)["result"]["published"]
    page.get_by_role("button", name=say("publish"), exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Gold (stars) 2,500 → 2,400")
    expect(dialog).to_contain_text(say("starts_nobody"))
    for told, n in starts.items():
        words = say(f"starts_{told}{'_one' if n == 1 else ''}", n=n)
        if n:
            expect(dialog).to_contain_text(words)
    for name in ("goal", "owner", "approval"):
        dialog.get_by_label(say(name)).fill("a browser test")
    dialog.get_by_role("button", name=say("publish"), exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text(say("faults.reason"))
    dialog.get_by_label(say("parts.reason")).fill("more who come back")
    dialog.get_by_role("button", name=say("publish"), exact=True).click()
    expect(page).to_have_url(re.compile("/programmes/coffee$"), timeout=_REPLAYED_WITHIN_MS)
    assert version_of(console) > before
    # nobody was told to rise at once, and nobody did
    assert (starts["rising"], starts["falling"], members_of(console)) == (0, 0, held)
    page.get_by_role("button", name=say("roll_back"), exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(say("parts.reason")).fill("it was only a test")
    dialog.get_by_role("button", name=say("roll_back"), exact=True).click()
    expect(dialog).to_be_hidden()
    assert version_of(console) == before
    (entry, *_) = console.ask("ingest", "/v1/audit?action=programme.rolled_back")["items"]
    assert entry["details"]["reason"] == "it was only a test"

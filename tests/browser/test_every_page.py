"""Every page, in both languages, on the demo shop: there, in words, by itself, usable by all."""

import re
import time
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from services.console.parts.frame import PageOf
from services.console.words import catalogue, said
from tests.browser.axe import axe_faults
from tests.browser.conftest import Enter
from tests.browser.console import Console
from tests.browser.places import Places, pages
from tests.browsers import USABLE

_KEY = re.compile(r"\b[a-z_]+\.[a-z_0-9]+\b")
_PLACE = re.compile(r"{[a-z_]+}")
_MESSAGE_PLACE = re.compile("{(name|tier|lifecycle|points|last_order|offer|benefit|festival)}")
_SLOWEST_MS = 60_000


_TAGS = {Language.ENGLISH: "en-GB", Language.CHINESE: "zh-CN"}


@dataclass(frozen=True, slots=True)
class Tour:
    """Where to go, and what to look for there."""

    places: Places
    axe: str


@pytest.fixture(scope="session")
def tour(console: Console, axe: str) -> Tour:
    return Tour(Places(console), axe)


def go(page: Page, address: str) -> float:
    """Open a page and wait until it is usable; give the seconds."""
    begun = time.perf_counter()
    answer = page.goto(address, timeout=_SLOWEST_MS, wait_until="commit")
    assert answer is not None
    assert answer.status == 200
    page.wait_for_function(USABLE, timeout=_SLOWEST_MS)
    return time.perf_counter() - begun


def not_in_words(text: str, language: Language) -> set[str]:
    """Find keys of the catalogue, and texts of it with places that nobody has filled.

    The places of a playbook's message are for the worker to fill: pages show them as they are.
    """
    text = _MESSAGE_PLACE.sub("", text)
    keys = {key for key in _KEY.findall(text) if key in catalogue()}
    texts = (texts[language] for texts in catalogue().values())
    return keys | {each for each in texts if _PLACE.search(each) and each in text}


#: By how many pixels the columns of each table are wider than it is: all are seen at 1280.
_BEYOND_THE_EDGE = """grids => grids.map(grid => {
    const seen = grid.querySelector('.ag-header-viewport');
    return Math.max(0, seen.querySelector('.ag-header-container').offsetWidth - seen.clientWidth);
})"""


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("of", pages(), ids=lambda page: page.path)
def test_a_page_is_whole_in_words_and_usable_by_all(
    of: PageOf, language: Language, tour: Tour, enter: Enter
) -> None:
    page = enter(Role.ADMIN, language)
    seconds = go(page, tour.places.address_of(of))
    print(f"{of.path} in {language}: usable after {seconds:.2f} s")
    text = page.inner_text("body")
    assert page.locator(".tl-fault").all_inner_texts() == []
    assert page.locator("h1").count() == 1
    assert page.locator("h1").inner_text().strip()
    assert said(language, f"{of.room}.title") in text
    assert page.get_attribute("html", "lang", timeout=1000) == _TAGS[language]
    assert not_in_words(text, language) == set()
    assert axe_faults(page, tour.axe) == []
    assert not any(page.locator(".tl-aggrid").evaluate_all(_BEYOND_THE_EDGE))
    if language is Language.CHINESE:
        assert_fits_a_phone(page)


def assert_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    # until the icons' font is there their names stand in their place, which are wider
    fits = "document.documentElement.scrollWidth <= innerWidth"
    page.wait_for_function(f"document.fonts.ready.then(() => {fits})", timeout=5000)

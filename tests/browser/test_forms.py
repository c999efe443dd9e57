"""Where the eye is led to by what is wrong in a form: only a browser knows."""

from playwright.sync_api import Page, expect

from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from services.console.words import said
from tests.browser.conftest import Enter
from tests.browsers import come_to

_SELECTED = "field => field.value.slice(field.selectionStart, field.selectionEnd)"


def say(key: str, **parts: object) -> str:
    return said(Language.ENGLISH, key, **parts)


def test_a_name_that_is_missing_is_shown_where_it_is_to_be_typed(enter: Enter) -> None:
    page = enter(Role.MARKETER, Language.ENGLISH)
    page.set_viewport_size({"width": 1280, "height": 600})
    come_to(page, "/new-segment")
    page.get_by_role("button", name=say("segments.save"), exact=True).click()
    expect(page.get_by_text(say("segments.unnamed"))).to_be_visible()
    key = page.get_by_label(say("segments.key"), exact=True)
    expect(key).to_be_focused()
    expect(key).to_be_in_viewport()
    expect(page.get_by_text(say("segments.fill_in"))).to_have_count(3)


def test_a_fault_leads_to_its_line_of_the_json(enter: Enter) -> None:
    page = enter(Role.MARKETER, Language.ENGLISH)
    come_to(page, "/programmes/coffee/versions/1")
    page.get_by_label(say("programmes.warn_days")).fill("99999")
    page.get_by_role("button", name="/warn_days").click()
    text = page.get_by_label(say("programmes.json"))
    expect(text).to_be_focused()
    assert selected_in(page, say("programmes.json")).strip() == '"warn_days": 99999,'


def selected_in(page: Page, label: str) -> str:
    """Give what is selected in a field."""
    return str(page.get_by_label(label).evaluate(_SELECTED))

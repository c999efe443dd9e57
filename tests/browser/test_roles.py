"""What a role may not is neither shown nor done, whatever a browser is made to send."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from services.console.accounts.cookies import SESSION
from services.console.accounts.person import Language
from services.console.accounts.roles import Role, may
from services.console.parts.frame import PageOf
from tests.browser.conftest import Enter
from tests.browser.console import Console
from tests.browser.places import Places, pages


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_a_page_is_closed_to_roles_that_may_not_see_it(console: Console, role: Role) -> None:
    closed = [of for of in pages() if not may(role, of.may)]
    token = console.members[role, Language.ENGLISH].token
    with httpx.Client(base_url=console.url, cookies={SESSION: token}, trust_env=False) as client:
        statuses = {of.path: client.get(address(console, of)).status_code for of in closed}
    assert closed
    assert set(statuses.values()) == {403}, statuses


def address(console: Console, of: PageOf) -> str:
    return Places(console).address_of(of)


def test_the_navigation_shows_only_rooms_one_may_enter(enter: Enter) -> None:
    page = enter(Role.MARKETER)
    page.goto("/account")
    menu = page.get_by_role("navigation")
    expect(menu.get_by_text("Customers", exact=True)).to_be_visible()
    expect(menu.get_by_text("Users", exact=True)).to_have_count(0)


def test_who_is_locked_out_loses_an_open_page(enter: Enter, console: Console) -> None:
    page = enter(Role.SERVICE, Language.CHINESE)
    page.goto("/account")
    expect(page.locator("h1")).to_have_text("我的账户")
    name = console.members[Role.SERVICE, Language.CHINESE].name
    console.query("UPDATE console_users SET disabled_at = now() WHERE name = $1", name)
    page.wait_for_timeout(2500)  # a session is looked at anew after two seconds
    page.get_by_role("button", name="结束其他所有登录").click()
    expect(page.get_by_text("登录已过期")).to_be_visible()
    page.goto("/account")
    expect(page).to_have_url(re.compile("/login"))
    console.query("UPDATE console_users SET disabled_at = NULL WHERE name = $1", name)


#: Keeps what a click would send instead of sending it; `window.forge()` sends it later.
_KEPT = """() => {
    const emit = window.socket.emit.bind(window.socket);
    window.socket.emit = (...sent) => {
        if (sent[0] === 'event') window.forge = () => { emit(...sent); };
        else emit(...sent);
    };
}"""


def test_an_event_of_a_button_that_ones_role_lost_changes_nothing(
    enter: Enter, console: Console
) -> None:
    """What is sent is an event of a handler that is really there, for it was shown before."""
    name = console.members[Role.MARKETER, Language.ENGLISH].name
    done = "SELECT count(*) FROM audit_log WHERE actor = $1"
    page = enter(Role.MARKETER)
    page.goto("/programmes/value/versions/1")
    button = page.get_by_role("button", name="Simulate version 1")
    expect(button).to_be_visible()
    page.evaluate(_KEPT)
    button.click()
    page.wait_for_function("window.forge !== undefined")
    before = console.query(done, f"user:{name}")[0][0]
    try:
        give_role(console, name, Role.ANALYST)
        page.wait_for_timeout(2500)  # a session is looked at anew after two seconds
        page.evaluate("window.forge()")
        expect(page.get_by_text("Your role does not allow this").first).to_be_visible()
        assert console.query(done, f"user:{name}")[0][0] == before
    finally:
        give_role(console, name, Role.MARKETER)
        page.wait_for_timeout(2500)


def give_role(console: Console, name: str, role: Role) -> None:
    console.query("UPDATE console_users SET role = $2 WHERE name = $1", name, role.value)


def test_a_click_is_an_event_that_keeps_the_session(enter: Enter, console: Console) -> None:
    """The guard knows what people do from what NiceGUI does by how the message begins."""
    page = enter(Role.OPS)
    name = console.members[Role.OPS, Language.ENGLISH].name
    page.goto("/account")
    expect(page.locator("h1")).to_have_text("My account")
    seen = """UPDATE console_sessions SET seen_at = now() - interval '30 minutes'
        WHERE user_id = (SELECT user_id FROM console_users WHERE name = $1)"""
    console.query(seen, name)
    page.wait_for_timeout(2500)
    page.get_by_role("button", name="Menu").click()
    page.wait_for_timeout(500)
    fresh = """SELECT now() - max(seen_at) < interval '1 minute' FROM console_sessions
        JOIN console_users USING (user_id) WHERE name = $1"""
    assert console.query(fresh, name)[0][0]

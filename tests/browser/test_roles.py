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
from tests.browsers import Watched


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


def test_events_that_a_browser_makes_up_change_nothing(
    enter: Enter, console: Console, watched: Watched
) -> None:
    """A person whose page has no button for it sends the event of one all the same."""
    page = enter(Role.ANALYST)
    page.goto("/users")
    expect(page.get_by_role("alert")).to_contain_text("Your role does not allow this")
    assert page.evaluate("window.clientId")
    before = console.query("SELECT count(*) FROM audit_log")[0][0]
    forge = """(number) => window.socket.emit('event', {id: number, client_id: window.clientId,
        listener_id: '00000000-0000-0000-0000-000000000000', args: ['"forged"']})"""
    for number in range(200):
        page.evaluate(forge, number)
    page.wait_for_timeout(500)
    assert console.query("SELECT count(*) FROM audit_log")[0][0] == before
    expect(page.locator("h1")).to_have_text("Users")
    watched.forgive_refusals()


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

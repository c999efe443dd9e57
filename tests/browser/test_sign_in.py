"""Who comes in, who does not, and what becomes of a page whose session is over."""

import re

import pytest
from playwright.sync_api import Page, expect

from services.console.accounts.cookies import SESSION
from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from tests.browser.axe import axe_faults
from tests.browser.conftest import Enter
from tests.browser.console import PASSWORD, Console
from tests.browsers import Watched


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label(re.compile("Name|用户名")).fill(name)
    page.get_by_label(re.compile("Password|密码")).fill(password)
    page.get_by_role("button").click()


def test_somebody_signs_in_goes_on_to_where_they_wanted_and_out(
    stranger: Page, console: Console
) -> None:
    member = console.members[Role.ANALYST, Language.ENGLISH]
    stranger.goto("/account?x=1")
    expect(stranger).to_have_url(re.compile(r"/login\?next="))
    sign_in(stranger, member.name.upper(), PASSWORD)
    expect(stranger).to_have_url(f"{console.url}/account?x=1")
    expect(stranger.locator("h1")).to_have_text("My account")
    stranger.get_by_role("button", name="Account").click()
    stranger.get_by_role("button", name="Sign out").click()
    expect(stranger).to_have_url(f"{console.url}/login")
    stranger.goto("/account")
    expect(stranger).to_have_url(re.compile("/login"))


def test_a_wrong_password_is_said_and_the_name_kept(
    stranger: Page, console: Console, watched: Watched
) -> None:
    member = console.members[Role.OPS, Language.ENGLISH]
    stranger.goto("/login?language=zh")
    sign_in(stranger, member.name, "wrong")
    expect(stranger.get_by_role("alert")).to_contain_text("用户名或密码不正确")
    expect(stranger.get_by_label("用户名")).to_have_value(member.name)
    expect(stranger.get_by_label("密码")).to_have_value("")
    watched.forgive_refusals()


@pytest.mark.parametrize("language", Language)
def test_the_sign_in_page_is_usable_by_all(stranger: Page, axe: str, language: Language) -> None:
    stranger.goto(f"/login?language={language}")
    assert axe_faults(stranger, axe) == []
    stranger.keyboard.type("typed at once")
    assert stranger.get_by_label(re.compile("Name|用户名")).input_value() == "typed at once"


def test_a_forged_cookie_opens_nothing(stranger: Page, console: Console) -> None:
    stranger.context.add_cookies([{"name": SESSION, "value": "forged", "url": console.url}])
    stranger.goto("/customers")
    expect(stranger).to_have_url(re.compile(r"/login\?next=%2Fcustomers"))


def test_the_language_and_the_look_are_kept_with_the_person(enter: Enter) -> None:
    page = enter(Role.MARKETER, Language.ENGLISH)
    page.goto("/account")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("h1")).to_have_text("我的账户")
    page.get_by_role("button", name="深色外观").click()
    expect(page.locator("body")).to_have_class(re.compile("body--dark"))
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("My account")
    page.get_by_role("button", name="Light look").click()
    expect(page.locator("body")).to_have_class(re.compile("body--light"))

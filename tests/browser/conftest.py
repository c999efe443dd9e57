"""Fixtures: one really running console for the session, a real browser, pages that are watched."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from services.console.accounts.cookies import SESSION
from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from tests.browser.axe import installed_axe
from tests.browser.console import HOME, Console, console_below
from tests.browser.furniture import furnish
from tests.browsers import Watched, chromium

Enter = Callable[..., Page]
# a machine that does other things too shows the same, later
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """The demo shop, furnished where it is ours alone."""
    with console_below(tmp_path_factory.mktemp("console")) as found:
        if not HOME:
            furnish(found)
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real browser; a missing one is a failure."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core."""
    return installed_axe(tmp_path_factory.mktemp("axe"))


@pytest.fixture
def watched(console: Console) -> Iterator[Watched]:
    """What pages of this test asked of other hosts, and errors of their scripts: none."""
    seen = Watched(console.url)
    yield seen
    assert seen.foreign == []
    assert seen.errors == []


@pytest.fixture
def enter(console: Console, browser: Browser, watched: Watched) -> Iterator[Enter]:
    """Give a page of somebody who is signed in, watched from before its first request."""
    contexts: list[BrowserContext] = []

    def opened(
        role: Role = Role.ADMIN, language: Language = Language.ENGLISH, *, width: int = 1280
    ) -> Page:
        context = browser.new_context(
            base_url=console.url, viewport={"width": width, "height": 900}, locale="en-GB"
        )
        token = console.members[role, language].token
        context.add_cookies([{"name": SESSION, "value": token, "url": console.url}])
        contexts.append(context)
        page = context.new_page()
        watched.look(page)
        return page

    yield opened
    for context in contexts:
        leave(context)


@pytest.fixture
def stranger(console: Console, browser: Browser, watched: Watched) -> Iterator[Page]:
    """Give a page of somebody who is not signed in."""
    context = browser.new_context(base_url=console.url, locale="en-GB")
    page = context.new_page()
    watched.look(page)
    yield page
    leave(context)


def leave(context: BrowserContext) -> None:
    """Close a context whose pages are on no way elsewhere: chromium would wait for ever."""
    for page in context.pages:
        try:
            page.goto("about:blank")
        except Error:  # it was on its way elsewhere just now: let it arrive
            page.wait_for_load_state()
            page.goto("about:blank")
    context.close()

"""A real browser for tests and benchmarks: Debian's chromium; a missing one is a failure."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
)
#: A page is usable when its heading is there and nothing of it is still to come.
USABLE = """() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  return document.querySelector('h1') !== null
    && all('.tl-waiting').length === 0
    && all('.tl-chart').every((chart) => chart.querySelector('canvas, svg'))
    && all('.tl-aggrid').every((grid) => grid.querySelector('.ag-row, .ag-overlay'));
}"""


#: What is clicked before is heard by nobody.
HEARD = "() => window.did_handshake === true"
_REFUSED = re.compile(r"status of 40[13]")


class NoBrowser(RuntimeError):
    """There is no chromium on PATH: `apt-get install chromium fonts-noto-cjk`."""


@dataclass  # no slots: playwright keeps what it calls beside the fields
class Watched:
    """What pages of a context did that they should not: other hosts, errors of their scripts."""

    own: str
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def look(self, page: Page) -> None:
        """Watch a page from before its first request."""
        page.on("request", self._asked)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda said: self.errors.append(said.text) if said.type == "error" else None,
        )

    def forgive_refusals(self) -> None:
        """Leave out what the browser itself says of refusals that a test asked for."""
        self.errors[:] = [error for error in self.errors if not _REFUSED.search(error)]

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.own}/", "data:", "blob:")):
            self.foreign.append(request.url)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser, end it with the block; raises NoBrowser."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise NoBrowser
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def come_to(page: Page, path: str) -> None:
    """Open a page, and wait until it hears what is typed and clicked."""
    page.goto(path)
    page.wait_for_function(HEARD)


def signed_in(browser: Browser, url: str, name: str, password: str) -> BrowserContext:
    """Sign somebody in by the form, as people do; give the context that holds their session."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{url}/login")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_url(lambda address: "/login" not in address)
    page.close()
    return context

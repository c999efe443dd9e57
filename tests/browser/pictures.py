"""Pictures of every page, in both languages: `python -m tests.browser.pictures` (make screenshots).

They are of the demo shop that `make run` plays, or of BROWSER_HOME; PICTURES is where they go.
"""

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from services.console.accounts.cookies import SESSION
from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from services.console.parts.frame import PageOf
from tests.browser.console import HOME, Console, console_below
from tests.browser.furniture import furnish
from tests.browser.places import Places, pages
from tests.browsers import USABLE, chromium
from tests.paths import REPO_DIR

OUT: Final = Path(os.environ.get("PICTURES", REPO_DIR / "docs" / "pictures"))
_WIDE, _PHONE = 1280, 390
#: Also in the dark and on a phone.
_OFTEN_SEEN: Final = frozenset({"/", "/customers/{customer_id}", "/cases"})
_SETTLED_MS: Final = 1200


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: of which page, in which words, how wide and how bright."""

    page: PageOf
    language: Language
    width: int = _WIDE
    is_dark: bool = False

    @property
    def name(self) -> str:
        """Name the file after the path: customers-customer_id-zh.png."""
        path = "-".join(part.strip("{}") for part in self.page.path.split("/") if part)
        ways = ["dark"] * self.is_dark + ["phone"] * (self.width < _WIDE)
        return "-".join([path or "overview", self.language, *ways]) + ".png"


def shots() -> list[Shot]:
    """List every picture there is to take."""
    made = [Shot(page, language) for page in pages() for language in Language]
    often = [page for page in pages() if page.path in _OFTEN_SEEN]
    made += [Shot(page, Language.ENGLISH, is_dark=True) for page in often]
    made += [Shot(page, Language.CHINESE, width=_PHONE) for page in often]
    return made


def main() -> None:
    """Take the pictures; `python -m tests.browser.pictures cases` those whose name holds it."""
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, console_below(Path(directory)) as console:
        if not HOME:
            furnish(console)
        with chromium() as browser:
            for shot in shots():
                if asked in shot.name:
                    _take(browser, console, shot)


def _take(browser: Browser, console: Console, shot: Shot) -> None:
    context = _context(browser, console, shot)
    page = context.new_page()
    page.goto(Places(console).address_of(shot.page), timeout=60_000)
    page.wait_for_function(USABLE, timeout=60_000)
    page.wait_for_timeout(_SETTLED_MS)  # charts are drawn by and by
    _picture(page, OUT / shot.name)
    context.close()
    print(shot.name, f"{(OUT / shot.name).stat().st_size // 1024} KiB", flush=True)


def _picture(page: Page, path: Path) -> None:
    """Take the whole page, at most three screens of it."""
    height = min(page.evaluate("document.documentElement.scrollHeight"), 2700)
    width = page.evaluate("innerWidth")
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(300)
    page.screenshot(path=path)
    # a page has few colours: a palette of 128 is a third of the size, and nobody sees it
    with Image.open(path) as shot:
        small = shot.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


def _context(browser: Browser, console: Console, shot: Shot) -> BrowserContext:
    context = browser.new_context(
        base_url=console.url,
        viewport={"width": shot.width, "height": 900},
        color_scheme="dark" if shot.is_dark else "light",
        locale="en-GB",
    )
    token = console.members[Role.ADMIN, shot.language].token
    # the console paints by what the browser told last: a first visit tells it
    dark = {"name": "tierline_dark", "value": str(int(shot.is_dark)), "url": console.url}
    context.add_cookies([{"name": SESSION, "value": token, "url": console.url}, dark])  # type: ignore[list-item] # made by dict
    return context


if __name__ == "__main__":
    main()

"""Every page stands without its services: it says which is away, in the reader's language."""

import re
from collections.abc import Iterator, Mapping

import pytest
from nicegui import ui
from typing_extensions import override

from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from services.console.pages import import_pages
from services.console.parts.frame import PAGES, PageOf
from tests.unit.console.visits import browsing, stage

import_pages()
AWAY = {
    Language.ENGLISH: "does not answer just now",
    Language.CHINESE: "暂时没有响应",
}
#: Pages that are whole without any service: they ask the console's own tables alone.
OWN = ("/account", "/users", "/reports")


def path_of(page: PageOf) -> str:
    """Fill a path's places with something that could stand there."""
    return re.sub(r"{(\w+)(?::\w+)?}", lambda m: "1" if "version" in m[1] else "c-1", page.path)


def shown() -> str:
    """Give every text of the page that is open."""
    found = [label.text for label in ui.context.client.elements.values() if hasattr(label, "text")]
    return "\n".join(str(text) for text in found)


def test_there_are_pages_for_every_part_of_the_navigation() -> None:
    assert {"/", "/customers", "/programmes", "/segments", "/cases"} <= {p.path for p in PAGES}
    assert len({page.path for page in PAGES}) == len(PAGES)


@pytest.mark.parametrize("language", list(Language))
async def test_every_page_says_which_service_is_away(language: Language) -> None:
    # A stage a page: what one still asks after it was left must not count for the next.
    stages = [stage(_Nobody(), language=language)]
    silent = []
    async with browsing(lambda: stages[-1].visit) as user:
        for page in PAGES:
            here = stage(_Nobody(), language=language)
            stages.append(here)
            await user.open(path_of(page))
            with user:
                text = shown()
            assert here.visit.say(f"{page.room}.title") in text
            assert bool(here.asked) != page.path.startswith(OWN), page.path
            if here.asked and AWAY[language] not in text:
                silent.append(page.path)
    assert silent == []


async def test_pages_are_closed_to_who_may_not_enter() -> None:
    here = stage(_Nobody(), role=Role.ANALYST)
    async with browsing(here.visit) as user:
        answers = {
            page.path: (await user.http_client.get(path_of(page))).status_code for page in PAGES
        }
    assert {path for path, status in answers.items() if status == 403} == {
        page.path for page in PAGES if not here.visit.may(page.may)
    }


class _Nobody(Mapping[str, None]):
    """Every service is away, whatever is asked."""

    @override
    def __getitem__(self, key: str) -> None:
        return None

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(())

    @override
    def __len__(self) -> int:
        return 0

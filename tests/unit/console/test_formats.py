"""Dates, times and money as each language writes them, on the shop's clock."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from nicegui import ui

from services.console.accounts.person import Language
from services.console.visiting.formats import NOTHING, Formats
from tests.unit.console.visits import browsing, stage

AT = datetime(2026, 11, 22, 18, 5, 59, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("language", "written"),
    [(Language.ENGLISH, "23 Nov 2026, 02:05"), (Language.CHINESE, "2026年11月23日 02:05")],
    ids=str,
)
def test_when_something_ends_is_told_to_the_minute(language: Language, written: str) -> None:
    write = Formats(language, SHANGHAI)
    assert write.minute(AT) == written
    assert write.instant(AT).startswith(written)  # the same form, with its seconds
    assert write.minute(None) == NOTHING


async def test_the_account_menu_says_whose_times_are_shown() -> None:
    async with browsing(stage().visit) as user:
        await user.open("/account")
        said = (
            [
                label.text
                for label in user.client.layout.descendants()
                if isinstance(label, ui.label)
            ]
            if user.client
            else []
        )
        assert "Times are in Asia/Shanghai" in said

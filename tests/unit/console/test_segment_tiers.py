"""How a segment spreads over the tiers, on its page: known, as it was, or not to be told."""

import asyncio
from typing import Any

import pytest
from nicegui import ui
from typing_extensions import override

from tests.unit.console.care_answers import PROGRAMME
from tests.unit.console.test_segments import COUNT, MEMBER, SEGMENT, answers
from tests.unit.console.visits import browsing, stage

PENDING = "By their tiers when last looked at"
PREVIEW = "POST /v1/segments/preview"
LISTED = {"GET /v1/programmes": {"items": [PROGRAMME], "next_cursor": None}}


@pytest.mark.parametrize(
    ("preview", "seen", "unseen"),
    [
        (COUNT, "High value", PENDING),
        (COUNT | {"pending": 2003}, "those of 2,003 customers are being looked at anew", "cannot"),
    ],
    ids=["known", "as they were"],
)
async def test_pending_tiers_are_told_only_where_some_are(
    preview: dict[str, Any], seen: str, unseen: str
) -> None:
    given = answers(**LISTED, **{PREVIEW: preview | {"sample": [MEMBER]}})
    async with browsing(stage(given).visit) as user:
        await user.open("/segments/regulars")
        await user.should_see(seen)
        await user.should_not_see(unseen)


async def test_tiers_leave_out_whom_the_segment_leaves_out_and_follow_its_purpose() -> None:
    given = answers(**LISTED)
    here = stage(given)
    async with browsing(here.visit) as user:
        await user.open("/segments/regulars")
        await user.should_see("High value")
        once = here.bodies(PREVIEW)
        given[PREVIEW] = COUNT | {"matching": 47, "sample": []}
        with user:
            next(iter(user.find(kind=ui.select, content="Leaves out").elements)).set_value(None)
        await user.should_see("47")
        await user.should_see("Share of the segment")
    again = here.bodies(PREVIEW)[len(once) :]
    assert len(once) == len(again) == 1 + len(PROGRAMME["tiers"])
    assert {each["purpose"] for each in once} == {SEGMENT["purpose"]} == {"marketing"}
    assert {each["purpose"] for each in again} == {None}


class SlowByTier(dict[str, Any]):
    """Answers of services; the tiers of the first profile are counted when they are let go."""

    def __init__(self, found: dict[str, Any]) -> None:
        super().__init__(found)
        self.asked, self.may_go = 0, asyncio.Event()

    @override
    def get(self, call: str, otherwise: Any = None) -> Any:
        if call != PREVIEW:
            return super().get(call, otherwise)
        self.asked += 1
        is_late = 1 < self.asked <= 1 + len(PROGRAMME["tiers"])
        return self._late() if is_late else COUNT | {"matching": 47, "sample": []}

    async def _late(self) -> dict[str, Any]:
        await self.may_go.wait()
        return COUNT | {"matching": 11, "sample": []}


async def test_tiers_that_were_overtaken_are_not_shown_beside_the_newest() -> None:
    given = SlowByTier(answers(**LISTED))
    async with browsing(stage(given).visit) as user:
        await user.open("/segments/regulars")
        await user.should_see("47")
        await user.should_not_see("Share of the segment")
        with user:
            next(iter(user.find(kind=ui.select, content="Leaves out").elements)).set_value(None)
        await user.should_see("Share of the segment")
        given.may_go.set()
        await asyncio.sleep(0.3)  # they would stand there by now
        await user.should_not_see("11")
        await user.should_see("100.0%")


class TooCostlyByTier(dict[str, Any]):
    """Answers of services; only the first preview, of the whole segment, is counted."""

    first = True

    @override
    def get(self, call: str, otherwise: Any = None) -> Any:
        if call == PREVIEW and not self.first:
            fault = {"pointer": "", "code": "too_costly", "message": "too costly"}
            return 422, {"detail": "too costly", "errors": [fault]}
        self.first &= call != PREVIEW
        return super().get(call, otherwise)


async def test_tiers_that_cannot_be_counted_are_told_to_be_unknown() -> None:
    async with browsing(stage(TooCostlyByTier(answers(**LISTED))).visit) as user:
        await user.open("/segments/regulars")
        await user.should_see("25.0%")
        await user.should_see("over the tiers of Customer value cannot be told now")
        await user.should_not_see(PENDING)

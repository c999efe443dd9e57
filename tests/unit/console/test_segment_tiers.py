"""How a segment spreads over the tiers, on its page: known, as it was, or not to be told."""

from typing import Any

import pytest
from typing_extensions import override

from tests.unit.console.care_answers import PROGRAMME
from tests.unit.console.test_segments import COUNT, MEMBER, answers
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

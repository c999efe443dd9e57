"""What two versions of a programme differ in, as scoring answers it."""

from typing import Any, Final

from pydantic import Field, JsonValue

from shared.contracts.common import LocalText
from shared.wire import ReplyModel


class VersionDifference(ReplyModel):
    """One place; `before` is null where something is new, `after` where it is gone."""

    pointer: str = Field(description="into the document of `right`; of `left` for what is gone")
    before: JsonValue
    after: JsonValue
    text: LocalText


class VersionComparison(ReplyModel):
    """Everything that is not the same in two versions, in the order of the later document."""

    programme: str
    left: int
    right: int
    differences: list[VersionDifference]


EXAMPLE_COMPARISON: Final[dict[str, Any]] = {
    "programme": "coffee",
    "left": 1,
    "right": 2,
    "differences": [
        {
            "pointer": "/tiers/2/enter/all/stars",
            "before": 2500,
            "after": 2000,
            "text": {
                "en": "Gold, to enter, stars: 2000 instead of 2500.",
                "zh": "金星·升级条件·星星：由2500改为2000。",
            },
        }
    ],
}

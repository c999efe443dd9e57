"""Why a tier changed, in a few words for a list of changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Words = Mapping[str, str]
#: Codes of tier_history, of both kinds of programmes.
REASONS: Final[Mapping[str, Words]] = {
    "first_decision": {"en": "First decision", "zh": "首次评定"},
    "value_rise": {"en": "Expected value rose", "zh": "预期价值上升"},
    "value_fall": {"en": "Expected value fell", "zh": "预期价值下降"},
    "release": {"en": "A new release came into force", "zh": "新的发布生效"},
    "correction": {"en": "Late or corrected facts", "zh": "迟到或更正的数据"},
    "entered": {"en": "Joined the programme", "zh": "加入等级方案"},
    "qualified": {"en": "Reached the rule of the tier", "zh": "达到升级条件"},
    "refreshed": {"en": "Reached the rule again", "zh": "再次达到条件"},
    "review_kept": {"en": "Kept at the review", "zh": "评审保级"},
    "review_lowered": {"en": "Lowered at the review", "zh": "评审降级"},
    "grace": {"en": "A time of grace", "zh": "宽限期"},
    "pinned": {"en": "Set by hand", "zh": "人工设定"},
    "pin_ended": {"en": "What was set by hand has ended", "zh": "人工设定结束"},
    "granted": {"en": "Granted", "zh": "授予等级"},
    "grant_ended": {"en": "What was granted has ended", "zh": "授予结束"},
    "clawback": {"en": "A return no longer counts", "zh": "退货后不再计入"},
    "window": {"en": "What was bought in the window changed", "zh": "统计期内的消费变化"},
    "version": {"en": "A new version of the rules", "zh": "规则换版"},
}


def reason_words(code: str) -> Words:
    """Say a reason; a code without words stands for itself."""
    return REASONS.get(code) or {"en": code, "zh": code}

"""What feedback really answers, as its contract tests recorded it; cases to change from there."""

import json
from functools import cache
from typing import Any

from shared.contracts.cases import CaseAnswer
from tests.paths import REPO_DIR

#: A programme as it is listed.
PROGRAMME: dict[str, Any] = {
    "programme": "value",
    "version": 1,
    "newest_version": 1,
    "kind": "value",
    "name": {"en": "Customer value", "zh": "客户价值"},
    "audience": "internal",
    "is_default": True,
    "release": "r-1",
    "tiers": [
        {"key": "high", "rank": 2, "name": {"en": "High value", "zh": "高价值"}},
        {"key": "mid", "rank": 1, "name": {"en": "Mid value", "zh": "中等价值"}},
        {"key": "low", "rank": 0, "name": {"en": "Standard", "zh": "普通"}},
    ],
}
RECORDED = REPO_DIR / "services" / "feedback" / "answers.json"


@cache
def _recorded() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return found


def recorded(call: str) -> Any:
    """Give the answer to `GET /v1/...`, as it was recorded."""
    return json.loads(json.dumps(_recorded()[call]))


def case_body(**changes: Any) -> dict[str, Any]:
    """Give the body of a case."""
    body: dict[str, Any] = {**recorded("GET /v1/cases/{case_id}"), **changes}
    return body


def case_of(**changes: Any) -> CaseAnswer:
    """Give a case."""
    return CaseAnswer.model_validate(case_body(**changes))

"""A case, something said, and a calendar that is always open, for tests of cases."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.feedback.domain.capture.said import Said
from services.feedback.domain.cases.business_hours import Calendar, Span
from services.feedback.domain.cases.case import Case, Rules, ServiceLevel, case_of

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
ALWAYS = Calendar(ZoneInfo("UTC"), ((Span(0, 1440),),) * 7)
RULES = Rules({"csat": 2, "nps": 6, "ces": 3, "review": 2}, response_hours=24)
PROMISED = ServiceLevel(response_hours=4)
GOLD = {
    "programme": "coffee",
    "programme_version": 1,
    "tier": {"key": "gold", "rank": 2, "name": {"en": "Gold", "zh": "金星"}},
}


def make_said(**changes: Any) -> Said:
    said = Said(
        feedback_id=UUID(int=7),
        event_key=b"key",
        fingerprint=b"print",
        customer_id="c-1",
        kind="complaint",
        channel="phone",
        rating=None,
        text="Cold",
        language="en",
        order_id=None,
        session_id=None,
        tier_held=GOLD,
        is_tier_known=True,
        properties={},
        occurred_at=NOW,
        received_at=NOW,
    )
    return replace(said, **changes)


def make_case(level: ServiceLevel | None = PROMISED, rules: Rules = RULES, **changes: Any) -> Case:
    return case_of(make_said(**changes), UUID(int=1), level, rules, ALWAYS)

"""Which events tell of a consent, and what."""

from typing import Any, get_args

import pytest

from services.ingest.domain.consents import PURPOSES, told_consent
from shared.contracts.customers import Purpose


def test_the_purposes_are_those_of_the_contract() -> None:
    assert set(get_args(Purpose)) == PURPOSES


@pytest.mark.parametrize("purpose", sorted(PURPOSES))
@pytest.mark.parametrize("granted", [True, False])
def test_a_change_tells_a_purpose_and_an_answer(purpose: str, *, granted: bool) -> None:
    extra = {"properties": {"purpose": purpose, "granted": granted, "more": 1}}
    assert told_consent("consent_changed", extra) == (purpose, granted)


@pytest.mark.parametrize(
    ("kind", "extra"),
    [
        ("page_viewed", {"properties": {"purpose": "service", "granted": True}}),
        ("consent_changed", {}),
        ("consent_changed", {"properties": None}),
        ("consent_changed", {"properties": {"purpose": "spying", "granted": True}}),
        ("consent_changed", {"properties": {"purpose": "service", "granted": "yes"}}),
    ],
)
def test_anything_else_tells_nothing(kind: str, extra: dict[str, Any]) -> None:
    assert told_consent(kind, extra) is None

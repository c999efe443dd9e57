from typing import Any

import pytest
from pydantic import BaseModel

from services.feedback.domain.capture.past_tier import ToldTier, held_document
from services.feedback.queries.capture.past_tiers import Untold
from services.feedback.usecases.capture.completing import asked_tier
from shared.contracts.feedback import HeldTier
from shared.identifiers import lookup_key
from shared.secrets import Secrets
from tests.unit.feedback.arrivals import NOW, make_said

SECRETS = Secrets.from_hex("5e" * 32)
NAME = {"en": "Gold", "zh": "金卡"}


def make_told(**changes: Any) -> ToldTier:
    values: dict[str, Any] = {
        "programme": "coffee",
        "programme_version": 3,
        "tier": "gold",
        "ladder": {"kind": "status", "tiers": [{"key": "green"}, {"key": "gold", "name": NAME}]},
        "model_version": None,
        "release_id": 17,
    }
    return ToldTier(**(values | changes))


def test_what_is_found_out_later_reads_like_what_was_asked_at_once() -> None:
    document = held_document(make_told(model_version="2026-11-21-1"))
    read: BaseModel = HeldTier.model_validate(document)
    assert read.model_dump(mode="json") == document
    assert (document["release"], document["tier"]["name"]) == ("r-17", NAME)


@pytest.mark.parametrize(
    ("ladder", "tier", "rank"),
    [
        ({"kind": "status", "tiers": [{"key": "green"}, {"key": "gold"}]}, "gold", 1),
        ({"kind": "status", "tiers": [{"key": "green"}, {"key": "gold"}]}, "green", 0),
        ({"kind": "value", "tiers": [{"key": "gold"}, {"key": "green"}]}, "gold", 1),
        ({"kind": None, "tiers": [{"key": "gold"}, {"key": "green"}]}, "green", 0),
    ],
)
def test_rank_0_is_everybodys(ladder: dict[str, Any], tier: str, rank: int) -> None:
    held = held_document(make_told(ladder=ladder, tier=tier))["tier"]
    assert (held["rank"], held["name"]) == (rank, {"en": tier, "zh": tier})


def untold(customer_id: str | None, **identifiers: str) -> Untold:
    sealed = {k: SECRETS.encrypt_identifier(k, v).hex() for k, v in identifiers.items()}
    return Untold(make_said().feedback_id, customer_id, NOW, sealed)


@pytest.mark.parametrize(
    ("unknown", "expected"),
    [
        (untold("c-1", phone="+8613800138000"), ("customer_id", "c-1")),
        (untold(None, phone="+8613800138000", loyalty_account="M-1"), ("loyalty_account", "M-1")),
        (untold(None, email="a@example.org", phone="+8613800138000"), ("phone", "+8613800138000")),
    ],
)
def test_the_strongest_name_is_asked_about(unknown: Untold, expected: tuple[str, str]) -> None:
    asked = asked_tier(unknown, SECRETS)
    assert asked is not None
    assert (asked.kind, asked.lookup_key) == (expected[0], lookup_key(SECRETS, *expected))


def test_nobody_can_be_asked_about_whom_nothing_names() -> None:
    assert asked_tier(untold(None), SECRETS) is None


def test_names_sealed_with_another_key_stay_sealed() -> None:
    assert asked_tier(untold(None, phone="+8613800138000"), Secrets.from_hex("00" * 32)) is None

"""What a document offers is checked with a path and a sentence."""

from typing import Any

import pytest

from services.scoring.domain.programmes.checking import faults_of
from services.scoring.domain.programmes.schema import document_schema

NAME = {"en": "A gift", "zh": "礼品"}
TIERS = [
    {"key": "base", "name": NAME},
    {"key": "gold", "name": NAME, "enter": {"all": {"spend": "100.00"}}},
]
PLAIN: dict[str, Any] = {
    "kind": "status",
    "audience": "customer_facing",
    "name": NAME,
    "tiers": TIERS,
    "window": {"kind": "rolling", "months": 12},
    "validity": {"kind": "months", "months": 12},
    "time_zone": "UTC",
    "currency": "CNY",
}
GIFT: dict[str, Any] = {"key": "gift", "kind": "gift", "name": NAME, "tiers": ["gold"]}
SERVICE = GIFT | {"kind": "service_level", "service_level": {"response_hours": 4}}
PRICE = GIFT | {"kind": "price", "price": {"percent": "7.5"}}
FULL = GIFT | {
    "quota": {"count": 2, "per": "tier_period"},
    "cost": {"amount": "12.00"},
    "details": {"voucher": "V1", "nested": [1, {"a": None}]},
}
EARN = {"earn": {"per": "1.00", "points": 1}}
POINTS = EARN | {
    "earn": {"per": "10.00", "points": 3, "tiers": {"gold": "1.5"}},
    "expiry": {"months": 12, "round": "year_end"},
    "referral": {"points": 200, "max_per_year": 10, "min_order": "20.00"},
    "min_order": "5.00",
    "max_orders_per_day": 3,
    "starts_on": "2026-02-28",
}


def found(**members: Any) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in faults_of(PLAIN | members)]


@pytest.mark.parametrize(
    "members",
    [
        {"benefits": []},
        {"benefits": [FULL, SERVICE | {"key": "help"}, PRICE | {"key": "off"}]},
        {"points": EARN},
        {"points": POINTS},
        {"velocity": {"orders_per_day": 20, "pin": "base_tier"}},
    ],
)
def test_what_may_be_offered(members: dict[str, Any]) -> None:
    assert found(**members) == []


@pytest.mark.parametrize(
    ("benefit", "pointer", "code"),
    [
        ([], "", "wrong_type"),
        (GIFT | {"kind": "cash"}, "/kind", "not_allowed"),
        ({"key": "gift"}, "/kind", "missing"),
        (GIFT | {"key": "A gift"}, "/key", "wrong_form"),
        (GIFT | {"tiers": []}, "/tiers", "too_few"),
        (GIFT | {"tiers": ["gold", "platinum"]}, "/tiers/1", "unknown_tier"),
        (GIFT | {"name": {"en": "only"}}, "/name/zh", "missing"),
        (GIFT | {"quota": {"count": 0, "per": "month"}}, "/quota/count", "out_of_range"),
        (GIFT | {"quota": {"count": 2**64, "per": "month"}}, "/quota/count", "out_of_range"),
        (GIFT | {"quota": {"count": 1, "per": "day"}}, "/quota/per", "not_allowed"),
        (GIFT | {"cost": {"amount": "1.234"}}, "/cost/amount", "wrong_form"),
        (GIFT | {"details": {"text": "x" * 5000}}, "/details", "too_long"),
        (GIFT | {"price": {"percent": "5"}}, "", "unknown_field"),
        (PRICE | {"price": {"percent": "0"}}, "/price/percent", "wrong_form"),
        (PRICE | {"price": {"percent": "100.5"}}, "/price/percent", "wrong_form"),
        (PRICE | {"price": {"percent": 5}}, "/price/percent", "wrong_type"),
        (SERVICE | {"service_level": {}}, "/service_level", "missing"),
        (
            SERVICE | {"service_level": {"response_hours": 0}},
            "/service_level/response_hours",
            "out_of_range",
        ),
    ],
)  # fmt: skip
def test_a_benefit_that_is_refused(benefit: object, pointer: str, code: str) -> None:
    assert found(benefits=[benefit]) == [(f"/benefits/0{pointer}", code)]


def test_benefits_have_keys_of_their_own() -> None:
    assert found(benefits=[GIFT, GIFT]) == [("/benefits/1/key", "duplicate")]


@pytest.mark.parametrize(
    ("points", "pointer", "code"),
    [
        ({}, "/earn", "missing"),
        (EARN | {"earn": {"per": "0", "points": 1}}, "/earn/per", "out_of_range"),
        (EARN | {"earn": {"per": "0.001", "points": 1}}, "/earn/per", "wrong_form"),
        (EARN | {"earn": {"per": "1", "points": 1.5}}, "/earn/points", "wrong_type"),
        (
            EARN | {"earn": {"per": "1", "points": 1, "tiers": {"tin": "2"}}},
            "/earn/tiers/tin",
            "unknown_tier",
        ),
        (
            EARN | {"earn": {"per": "1", "points": 1, "tiers": {"gold": "-2"}}},
            "/earn/tiers/gold",
            "wrong_form",
        ),
        (EARN | {"expiry": {"months": 0}}, "/expiry/months", "out_of_range"),
        (EARN | {"expiry": {"months": 1, "round": "up"}}, "/expiry/round", "not_allowed"),
        (EARN | {"referral": {"points": 1}}, "/referral/max_per_year", "missing"),
        (
            EARN | {"referral": {"points": 1, "max_per_year": 1, "min_order": "0.001"}},
            "/referral/min_order",
            "wrong_form",
        ),
        (EARN | {"min_order": "9.999"}, "/min_order", "wrong_form"),
        (EARN | {"starts_on": "2026-02-30"}, "/starts_on", "wrong_form"),
        (EARN | {"tier": "gold"}, "", "unknown_field"),
    ],
)  # fmt: skip
def test_points_that_are_refused(points: dict[str, Any], pointer: str, code: str) -> None:
    assert found(points=points) == [(f"/points{pointer}", code)]


@pytest.mark.parametrize(
    ("velocity", "pointer"),
    [({"orders_per_day": 1, "pin": "base_tier"}, "/orders_per_day"), ({"pin": 3}, "/pin")],
)
def test_a_velocity_rule_that_is_refused(velocity: dict[str, Any], pointer: str) -> None:
    assert f"/velocity{pointer}" in {at for at, _ in found(velocity=velocity)}


@pytest.mark.parametrize(
    "members", [{"points": EARN}, {"velocity": {"orders_per_day": 9, "pin": "base_tier"}}]
)
def test_a_value_programme_follows_no_orders(members: dict[str, Any]) -> None:
    tiers = [
        {"key": "high", "name": NAME, "enter_share": 0.2, "leave_share": 0.25},
        {"key": "low", "name": NAME},
    ]
    document = {"kind": "value", "name": NAME, "tiers": tiers, **members}
    assert [fault.code for fault in faults_of(document)] == ["not_allowed"]


def test_a_price_needs_a_customer_facing_programme() -> None:
    assert found(audience="internal", benefits=[PRICE]) == [
        ("/benefits/0/kind", "price_on_internal")
    ]


def test_the_published_schema_describes_benefits_and_points() -> None:
    text = str(document_schema())
    assert all(word in text for word in ("tier_period", "max_per_year", "orders_per_day"))

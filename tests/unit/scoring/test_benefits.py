"""Which benefits a tier has, in which period their use counts, and what is left."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.scoring.domain.benefits.catalogue import Quota, best_service, promises_of
from services.scoring.domain.benefits.held import Held, held_of
from services.scoring.domain.benefits.offer import read_offer, services_of
from services.scoring.domain.benefits.quotas import (
    Period,
    Tenure,
    Usage,
    left_of,
    period_of,
    used_in,
)
from services.scoring.domain.points.calendar import calendar_of

SHANGHAI = calendar_of("Asia/Shanghai")
NAME = {"en": "A gift", "zh": "礼品"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


TENURE = Tenure(at("2024-02-29T09:00:00+08:00"), at("2026-05-01T00:00:00Z"), None)


@pytest.mark.parametrize(
    ("per", "now", "starts", "ends"),
    [
        ("month", "2026-05-31T23:59:59+08:00", "2026-05-01", "2026-06-01"),
        ("month", "2026-06-01T00:00:00+08:00", "2026-06-01", "2026-07-01"),
        # still May in London
        ("month", "2026-05-31T16:00:00+00:00", "2026-06-01", "2026-07-01"),
        ("quarter", "2026-05-15T12:00:00+08:00", "2026-04-01", "2026-07-01"),
        ("year", "2026-12-31T23:00:00+08:00", "2026-01-01", "2027-01-01"),
        ("month", "2026-12-31T23:00:00+08:00", "2026-12-01", "2027-01-01"),
        # enrolled on 29 February
        ("anniversary", "2026-02-27T12:00:00+08:00", "2025-02-28", "2026-02-28"),
        ("anniversary", "2026-02-28T00:00:00+08:00", "2026-02-28", "2027-02-28"),
        ("anniversary", "2028-02-29T12:00:00+08:00", "2028-02-29", "2029-02-28"),
        ("anniversary", "2024-03-01T12:00:00+08:00", "2024-02-29", "2025-02-28"),
        # before the enrolment, as a clock set back may ask
        ("anniversary", "2023-01-01T12:00:00+08:00", "2024-02-29", "2025-02-28"),
    ],
)  # fmt: skip
def test_periods_begin_at_local_midnight(per: str, now: str, starts: str, ends: str) -> None:
    found = period_of(per, at(now), TENURE, SHANGHAI)
    assert found == Period(at(f"{starts}T00:00:00+08:00"), at(f"{ends}T00:00:00+08:00"))


@pytest.mark.parametrize(
    ("per", "expected"),
    [("ever", Period(None, None)), ("tier_period", Period(TENURE.since, None))],
)
def test_periods_without_an_end(per: str, expected: Period) -> None:
    assert period_of(per, at("2026-06-01T00:00:00Z"), TENURE, SHANGHAI) == expected


def test_a_period_holds_its_beginning_and_not_its_end() -> None:
    period = Period(at("2026-05-01T00:00:00Z"), at("2026-06-01T00:00:00Z"))
    uses = [Usage(at(f"2026-0{month}-01T00:00:00Z"), month) for month in (4, 5, 6)]
    assert used_in(period, uses) == 5
    assert used_in(Period(None, None), uses) == 15


@pytest.mark.parametrize(("count", "used", "left"), [(3, 1, 2), (1, 1, 0), (1, 5, 0)])
def test_what_is_left(count: int, used: int, left: int) -> None:
    assert left_of(Quota(count, "month"), used) == left


def document(*benefits: dict[str, Any]) -> dict[str, Any]:
    plain = {"kind": "gift", "name": NAME, "tiers": ["gold"]}
    return {
        "tiers": [{"key": "base"}, {"key": "gold"}],
        "benefits": [plain | {"key": f"b{place}"} | one for place, one in enumerate(benefits)],
    }


def test_a_tier_offers_its_benefits_with_what_is_left() -> None:
    given = document({"quota": {"count": 2, "per": "month"}}, {"details": {"code": "V"}})
    offer = read_offer("club", given, shop_zone="UTC").tiers["gold"]
    period = Period(at("2026-05-01T00:00:00Z"), at("2026-06-01T00:00:00Z"))
    first, second = json.loads(offer.encoded({"b0": (period, 1)}))
    assert first["quota"] == {
        "count": 2, "per": "month", "used": 1, "left": 1, "renews_at": "2026-06-01T00:00:00Z",
    }  # fmt: skip
    assert (second["quota"], second["details"]) == (None, {"code": "V"})
    assert json.loads(offer.encoded({}))[0]["quota"]["left"] is None


def test_a_tier_without_benefits_offers_none() -> None:
    offer = read_offer("club", document({}), shop_zone="UTC")
    assert offer.tiers["base"].encoded({}) == b"[]"


def test_prices_can_be_left_out() -> None:
    given = document({"kind": "price", "price": {"percent": "5"}}, {})
    offer = read_offer("club", given, shop_zone="UTC", is_price_off=True)
    assert offer.find("b0") is None
    assert [each.key for each in offer.tiers["gold"].benefits] == ["b1"]


@pytest.mark.parametrize(
    ("levels", "best"),
    [
        ([], None),
        ([{"response_hours": 24}, {"response_hours": 4}], {"response_hours": 4}),
        ([{"hotline": "95000"}, {"response_hours": 24}], {"response_hours": 24}),
        ([{"hotline": "95000"}], {"hotline": "95000"}),
    ],
)
def test_the_service_level_that_answers_soonest(
    levels: list[dict[str, Any]], best: dict[str, Any] | None
) -> None:
    given = document(*({"kind": "service_level", "service_level": level} for level in levels))
    benefits = services_of(read_offer("club", given, shop_zone="UTC").tiers["gold"])
    named = {"programme": "club", "programme_version": 3}
    expected = None if best is None else best | named
    assert best_service(promises_of(Held("club", 3, "gold"), benefits)) == expected


def test_of_two_programmes_the_one_that_answers_sooner_is_named() -> None:
    levels = []
    for programme, hours in (("club", 24), ("coffee", 4)):
        given = document({"kind": "service_level", "service_level": {"response_hours": hours}})
        benefits = read_offer(programme, given, shop_zone="UTC").tiers["gold"].benefits
        levels += promises_of(Held(programme, 1, "gold"), benefits)
    best = best_service(levels)
    assert best is not None
    assert (best["programme"], best["response_hours"]) == ("coffee", 4)


def test_what_a_tier_answer_says() -> None:
    answer = {
        "programme": "club",
        "programme_version": 3,
        "tier": {"key": "gold"},
        "since": "2026-05-01T00:00:00Z",
        "valid_until": None,
    }
    assert held_of(answer) == Held("club", 3, "gold", at("2026-05-01T00:00:00Z"), None)

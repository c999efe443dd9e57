"""A rule against haste is read from the document, and each burst is named once."""

from datetime import date
from uuid import UUID

from services.scoring.domain.velocity import Burst, pin_id_of, read_velocity
from tests.status_shop import club

BURST = Burst(UUID(int=1), date(2026, 5, 1), 25)


def test_the_rule_caps_at_the_tier_everybody_has() -> None:
    rule = read_velocity(club(velocity={"orders_per_day": 20, "pin": "base_tier"}))
    assert rule is not None
    assert (rule.orders_per_day, rule.base_tier, rule.time_zone) == (20, "regular", "UTC")
    assert BURST.reason(rule) == "25 orders on 2026-05-01: 20 a day are suspicious"


def test_without_a_rule_nobody_is_capped() -> None:
    assert read_velocity(club()) is None


def test_a_burst_has_one_name_however_many_orders_it_has_by_now() -> None:
    assert pin_id_of("club", BURST) == pin_id_of("club", Burst(UUID(int=1), BURST.day, 99))
    assert pin_id_of("club", BURST) != pin_id_of("other", BURST)

"""Who has what a tier asks and does not hold it yet is told so, and what it waits for."""

from services.scoring.domain.status.engine.history import History, Pin
from services.scoring.domain.status.engine.stand import stand
from services.scoring.domain.status.engine.timeline import InForce
from tests.status_cases import at
from tests.unit.scoring.test_status_stand import BASE, GOLD, bought, rules, stands


def test_who_has_what_a_new_version_asks_is_told_that_it_begins_with_the_next_order() -> None:
    tiers = [*BASE["tiers"][:2], {"key": "gold", "enter": {"all": {"s": 20}}}]
    versions = [InForce(rules()), InForce(rules(tiers=tiers), at("2025-05-01T00:00:00Z"))]
    found = stand(versions, bought(("2025-03-01T00:00:00Z", 22)), at("2025-06-01T00:00:00Z"))
    assert found.rank == 1
    assert found.next is not None
    assert (found.next.tier_key, found.next.needs, found.next.begins) == ("gold", (), "next_order")
    more = bought(("2025-03-01T00:00:00Z", 22), ("2025-05-20T00:00:00Z", 1))
    assert stand(versions, more, at("2025-06-01T00:00:00Z")).rank == 2


def test_who_has_enough_before_a_period_ends_is_told_that_it_begins_then() -> None:
    by_year = {
        "window": {"kind": "calendar", "unit": "year", "start_month": 1},
        "upgrade": "period_end",
    }
    found = stands(GOLD, "2025-06-01T00:00:00Z", **by_year)
    assert found.next is not None
    assert (found.rank, found.next.tier_key, found.next.begins) == (0, "gold", "period_end")
    assert found.next.by == at("2026-01-01T00:00:00Z")
    assert stands(GOLD, "2026-01-01T00:00:00Z", **by_year).rank == 2


def test_who_is_held_down_by_hand_is_promised_nothing_by_an_order() -> None:
    pin = Pin("p", "ceiling", "basic", at("2025-04-01T00:00:00Z"), None)
    found = stands(History(GOLD.enrolled_at, GOLD.entries, [pin]), "2025-05-01T00:00:00Z")
    assert found.next is not None
    assert (found.rank, found.next.begins) == (0, None)

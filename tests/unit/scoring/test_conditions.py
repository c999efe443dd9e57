"""What a condition decides for one customer, and what it refers to."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from services.scoring.domain.conditions.bind import Bindings, Circular, TooLarge, bind
from services.scoring.domain.conditions.evaluate import Unbound, bucket_of, evaluate
from services.scoring.domain.conditions.facts import CustomerFacts, Days, HeldTier, Sale
from services.scoring.domain.conditions.needs import Needs, needs_of
from services.scoring.domain.conditions.parse import faults_of_condition, parse_condition
from services.scoring.domain.conditions.tree import Rank, Window
from services.scoring.domain.days import day_number
from tests.condition_trees import attribute, metric, performed

TODAY = date(2026, 11, 21)
T = day_number(TODAY)
SOMEBODY = UUID(int=7)
SALES = (
    Sale(T - 40, "store", "S1", frozenset({("coffee", "A"), ("tea", "B")})),
    Sale(T - 9, "web", None, frozenset({("coffee", "C")})),
    Sale(T, "store", "S2", frozenset({(None, "D")})),
)
FACTS = CustomerFacts(
    profile_id=SOMEBODY,
    today=TODAY,
    days=Days(
        [T - 40, T - 9, T - 3, T, T + 1],
        {
            "orders": [1, 1, 0, 1, 5],
            "net_booked": [2000, 1000, -300, 500, 9900],
            "cost": [500, 400, -100, 200, 0],
            "quantity_milli": [3000, 1500, 0, 1000, 0],
            "returns": [0, 0, 1, 0, 0],
            "views": [0, 4, 0, 0, 0],
        },
    ),
    attributes={
        "geography": {"region": "east", "nearest_store": "S1"},
        "demography": {"birth_year": 1990},
        "tags": ["vip", 3],
        "newsletter": True,
        "language": "zh-CN",
        "nothing": None,
    },
    sales=SALES,
    events={"wishlist_added": [T - 5, T - 1]},
    score=1.5,
    tiers={"coffee": HeldTier("gold", date(2026, 10, 22))},
    consents={"marketing": True, "service": False},
)


TRUE = (
    attribute("geography.region", "eq", "east"),
    attribute("geography.region", "in", ["west", "east"]),
    attribute("geography.region", "ne", "west"),
    attribute("geography.region", "not_in", ["west", 1]),
    attribute("geography.region", "between", ["d", "f"]),
    attribute("demography.birth_year", "gte", 1990),
    attribute("demography.birth_year", "lt", 1990.5),
    attribute("demography.birth_year", "ne", "1990"),
    attribute("tags", "contains", "vip"),
    attribute("tags", "contains", 3.0),
    attribute("language", "contains", "-C"),
    attribute("language", "prefix", "zh"),
    attribute("newsletter", "eq", True),
    attribute("geography", "exists"),
    {"not": attribute("hobby", "eq", "tea")},
    {"not": attribute("hobby", "ne", "tea")},
    {"not": attribute("nothing", "exists")},
    {"not": attribute("newsletter", "eq", 1)},
    {"not": attribute("language", "gt", 1)},
    {"not": attribute("language.part", "exists")},
    metric("spend", "eq", "32.00"),
    metric("spend", "eq", "12.00", last_days=10),
    metric("margin", "gt", "21.99"),
    metric("orders", "eq", 2, last_days=10),
    metric("orders", "eq", 1, last_days=9),
    metric("orders", "between", [3, 3]),
    metric("quantity", "eq", "5.5"),
    metric("days", "eq", 3),
    metric("returns", "eq", 1, **{"from": "2026-11-18", "to": "2026-11-18"}),
    metric("views", "eq", 4),
    metric("categories", "eq", 2),
    metric("categories", "eq", 1, last_days=30),
    metric("orders", "eq", 3, **{"from": "2026-01-01"}),
    performed("order_completed", times=3),
    performed("order_completed", where={"channel": ["web"]}, last_days=10),
    performed("order_completed", where={"category": ["tea"], "sku": ["B"], "store": ["S1"]}),
    performed("wishlist_added", times=2, last_days=6),
    {"not": performed("order_completed", where={"category": ["tea"], "sku": ["A"]})},
    {"not": performed("order_completed", where={"store": ["S9"]})},
    {"not_performed": {"event": "order_completed", "times": 4}},
    {"not_performed": {"event": "survey_answered"}},
    {"last_performed": {"event": "order_completed", "op": "eq", "days": 0}},
    {
        "last_performed": {
            "event": "order_completed",
            "op": "eq",
            "days": 9,
            "where": {"channel": ["web"]},
        }
    },
    {"last_performed": {"event": "wishlist_added", "op": "lte", "days": 1}},
    {"not": {"last_performed": {"event": "searched", "op": "gte", "days": 0}}},
    {"score": {"op": "gte", "value": 1.5}},
    {"lifecycle": {"in": ["active", "at_risk"]}},
    {"tier": {"programme": "coffee", "in": ["gold", "silver"]}},
    {"not": {"tier": {"programme": "travel", "in": ["gold"]}}},
    {"has_been": {"programme": "coffee", "tier": "gold", "at_least_days": 30}},
    {"not": {"has_been": {"programme": "coffee", "tier": "gold", "at_least_days": 31}}},
    {"has_been": {"lifecycle": "active", "at_least_days": 9}},
    {"not": {"has_been": {"lifecycle": "active", "at_least_days": 11}}},
    {"consent": {"purpose": "marketing"}},
    {"consent": {"purpose": "service", "is": "withdrawn"}},
    {"not": {"consent": {"purpose": "personalisation"}}},
    {"not": {"consent": {"purpose": "personalisation", "is": "withdrawn"}}},
    {"random_bucket": {"percent": 100, "seed": "x"}},
    {"any": [attribute("hobby", "exists"), {"all": [{"score": {"op": "gt", "value": 1}}]}]},
)


@pytest.mark.parametrize("place", range(len(TRUE)))
def test_condition_holds(place: int) -> None:
    assert evaluate(parse_condition(TRUE[place]), FACTS)
    assert not evaluate(parse_condition({"not": TRUE[place]}), FACTS)


def test_money_is_read_in_the_decimals_of_the_shop() -> None:
    yen = parse_condition(metric("spend", "eq", "3200"), exponent=0)
    assert evaluate(yen, FACTS)
    assert faults_of_condition(metric("spend", "eq", "32.5"), exponent=0)


def test_behaviour_is_blank_for_who_withdrew_personalisation() -> None:
    facts = CustomerFacts(
        SOMEBODY, TODAY, FACTS.days, events=FACTS.events, consents={"personalisation": False}
    )
    looked = (metric("views", "gte", 1), performed("wishlist_added"))
    assert [evaluate(parse_condition(tree), FACTS) for tree in looked] == [True, True]
    assert [evaluate(parse_condition(tree), facts) for tree in looked] == [False, False]
    assert evaluate(parse_condition(metric("orders", "eq", 3)), facts)


def test_what_a_condition_refers_to_is_put_in() -> None:
    rank = Rank("spend", Window(last_days=365), 2000, parse_rank().by)
    bindings = Bindings(
        segments={"rich": parse_condition({"rank": {"of": "spend", "last_days": 365, "top": 0.2}})},
        tiers={"coffee": ["regular", "silver", "gold"]},
        cuts={rank: 3200},
    )
    for tree in ({"in_segment": "rich"}, {"tier": {"programme": "coffee", "at_least": "silver"}}):
        assert evaluate(bind(parse_condition(tree), bindings), FACTS)
    assert not evaluate(bind(parse_condition({"in_segment": "none"}), bindings), FACTS)
    assert not evaluate(bind(parse_condition({"rank": {"top": 0.2}}), bindings), FACTS)


def parse_rank() -> Rank:
    found = parse_condition({"rank": {"top": 0.2}})
    assert isinstance(found, Rank)
    return found


def test_unbound_condition_is_not_decided() -> None:
    with pytest.raises(Unbound):
        evaluate(parse_condition({"in_segment": "rich"}), FACTS)


def test_circle_of_segments_is_refused() -> None:
    segments = {key: parse_condition({"in_segment": "b" if key == "a" else "a"}) for key in "ab"}
    with pytest.raises(Circular):
        bind(segments["a"], Bindings(segments))


def test_segments_within_segments_cannot_grow_without_end() -> None:
    leaf = {"s0": parse_condition({"score": {"op": "gt", "value": 0}})}
    grown = {
        f"s{n}": parse_condition({"any": [{"in_segment": f"s{n - 1}"}] * 10}) for n in range(1, 9)
    }
    with pytest.raises(TooLarge):
        bind(grown["s8"], Bindings(leaf | grown))


def test_buckets_share_customers_out_evenly() -> None:
    inside = sum(bucket_of(UUID(int=n), "seed") < 2500 for n in range(4000))
    assert 900 < inside < 1100


def test_numbers_compare_as_they_were_written() -> None:
    facts = CustomerFacts(SOMEBODY, TODAY, attributes={"height": Decimal("0.1")})
    assert evaluate(parse_condition(attribute("height", "eq", 0.1)), facts)


def test_only_what_is_asked_for_need_be_read() -> None:
    plain = parse_condition({"all": [metric("orders", "gte", 1), attribute("a", "exists")]})
    assert needs_of([plain]) == Needs()
    asking = [performed("wishlist_added"), performed("order_completed", where={"sku": ["A"]})]
    asked = parse_condition({"not": {"any": [*asking, {"score": {"op": "gt", "value": 1}}]}})
    assert needs_of([plain, asked]) == Needs(True, True, frozenset({"wishlist_added"}))

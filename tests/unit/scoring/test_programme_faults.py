"""A document that makes no sense is refused with the place of the fault and a sentence."""

import json
from copy import deepcopy
from typing import Any, NamedTuple

import pytest

from services.scoring.domain.programmes.checking import MAX_FAULTS, faults_of
from tests.unit.scoring.test_programme_presets import PRESETS

Document = dict[str, Any]


class Case(NamedTuple):
    """A preset, the place that is written to with what, the code, and where the fault lies."""

    preset: str
    place: str
    value: str
    code: str
    pointer: str

    def document(self) -> Document:
        document: Document = deepcopy(PRESETS[self.preset])
        put(document, self.place, self.value)
        return document


def put(document: Any, place: str, value: str) -> None:
    """Write JSON to a place of a document; nothing drops what is there."""
    *path, last = (int(part) if part.isdigit() else part for part in place.split("/")[1:])
    for part in path:
        document = document[part]
    if value:
        document[last] = json.loads(value)
    else:
        del document[last]


def read(line: str) -> Case:
    """Read `preset: place = value -> code [at pointer]`."""
    made, _, said = line.rpartition(" -> ")
    preset, _, stated = made.partition(": ")
    place, _, value = stated.partition(" = ")
    code, _, pointer = said.partition(" at ")
    return Case(preset, place.strip(), value, code, pointer or place.strip())


# what is wrong: the code, where it is not the place that was written to
CASES = """
coffee: /tiers/0/enter = {"all": {"stars": 500}} -> rule_on_base
coffee: /tiers/0/keep = {"all": {"stars": 500}} -> rule_on_base
coffee: /tiers/1/enter -> missing
coffee: /tiers/2/enter = {"all": {"stars": 500}} -> unreachable
coffee: /tiers/2/enter = {"all": {"stars": 499}} -> unreachable
prime: /tiers/2/enter = {"grant": "paid"} -> unreachable
travel: /tiers/2/enter/any/nights = 20 -> overlap at /tiers/2/enter
coffee: /tiers/2/key = "silver" -> duplicate
calendar-vip: /tiers/1/keep/all/spend = "1000.01" -> keep_above_enter
calendar-vip: /tiers/1/keep = {"all": {"orders": 1}} -> keep_above_enter
calendar-vip: /tiers/1/keep = {"grant": "paid"} -> keep_above_enter
coffee: /tiers/1/enter = {"all": {"steps": 5}} -> unknown_metric at /tiers/1/enter/all/steps
coffee: /tiers/1/enter/all/stars = 18446744073709551616 -> out_of_range
coffee: /tiers/1/enter/all/stars = 0 -> out_of_range
coffee: /tiers/1/enter/all/stars = -5 -> out_of_range
coffee: /tiers/1/enter/all/stars = true -> wrong_type
coffee: /tiers/1/enter/all/stars = NaN -> wrong_type
coffee: /tiers/1/enter/all/stars = 1.5 -> wrong_type
coffee: /tiers/1/enter/all/stars = "500" -> wrong_type
calendar-vip: /tiers/3/enter/all/spend = "999999999999999.99" -> wrong_form
calendar-vip: /tiers/1/enter/all/spend = "0.00" -> out_of_range
calendar-vip: /tiers/1/enter/all/spend = "-1.00" -> wrong_form
calendar-vip: /tiers/1/enter/all/spend = "1e3" -> wrong_form
calendar-vip: /tiers/1/enter/all/spend = "1.005" -> wrong_form
calendar-vip: /tiers/1/enter/all/spend = 1000 -> wrong_type
calendar-vip: /currency = "JPY" -> wrong_form at /tiers/1/enter/all/spend
coffee: /tiers/1/enter = {"all": {"stars": 1}, "any": {"stars": 1}} -> not_allowed
coffee: /tiers/1/enter = {} -> missing
coffee: /tiers/1/enter/all = {} -> too_few
coffee: /tiers/1/enter = {"all": {"days": 373}} -> unreachable at /tiers/1/enter/all/days
calendar-vip: /tiers/1/enter = {"all": {"days": 367}} -> unreachable at /tiers/1/enter/all/days
coffee: /time_zone = "Mars/Olympus" -> unknown_time_zone
coffee: /time_zone = "../etc/passwd" -> unknown_time_zone
coffee: /currency = "ZZZ" -> unknown_currency
coffee: /currency = "yuan" -> too_long
calendar-vip: /grace_days = 3000 -> grace_too_long
coffee: /grace_days = 10 -> not_together
coffee: /grace_days = 99999 -> out_of_range
prime: /grace_days = 10 -> not_together
prime: /keep_window = "since_grant" -> not_together
coffee: /keep_window = "since_grant" -> not_together
coffee: /validity = {"kind": "floating"} -> not_together at /validity/kind
coffee: /validity = {"kind": "periods", "after": 1} -> not_together at /validity/kind
coffee: /validity = {"kind": "months"} -> missing at /validity/months
coffee: /validity = {"kind": "aeons"} -> not_allowed at /validity/kind
coffee: /upgrade = "period_end" -> not_together
prime: /upgrade = "period_end" -> not_together
coffee: /downgrade = "never" -> not_together
coffee: /window = {"kind": "rolling", "months": 1, "days": 3} -> not_allowed
coffee: /window = {"kind": "rolling"} -> missing
coffee: /window = {"kind": "calendar", "unit": "week"} -> not_allowed at /window/unit
coffee: /pending_days = 400 -> pending_too_long
coffee: /warn_days = 340 -> warning_too_long
coffee: /name = {"en": "Coffee"} -> missing at /name/zh
coffee: /name/en = "" -> too_short
coffee: /tiers/1/name/zh = 7 -> wrong_type
coffee: /tiers/1/surprise = 1 -> unknown_field at /tiers/1
coffee: /refresh = "sometimes" -> not_allowed
coffee: /audience = "everybody" -> not_allowed
coffee: /kind = "lottery" -> not_allowed
coffee: /kind -> missing
coffee: /tiers = [] -> too_few
coffee: /tiers = null -> wrong_type
coffee: /tiers -> missing
coffee: /metrics/spend = {"of": "orders"} -> duplicate
coffee: /metrics/stars/per = "0.00" -> out_of_range
coffee: /metrics/stars/of = "moons" -> not_allowed
coffee: /counting = {"min_order": "0"} -> out_of_range at /counting/min_order
coffee: /counting = {"max_orders_per_day": 0} -> out_of_range at /counting/max_orders_per_day
prime: /audience = "internal" -> price_on_internal at /benefits/1/kind
coffee: /benefits/1/key = "birthday_drink" -> duplicate
coffee: /benefits/0/tiers/0 = "bronze" -> unknown_tier
coffee: /benefits/2/service_level -> missing
coffee: /benefits/0/quota/per = "fortnight" -> not_allowed
coffee: /points = {"earn": {"per": "0", "points": 1}} -> out_of_range at /points/earn/per
value: /tiers/0/enter_share = 1 -> unreachable
value: /tiers/0/leave_share = 0.1 -> keep_above_enter
value: /tiers/1/enter_share = 0.2 -> unreachable
value: /tiers/1/enter_share = 0.1 -> unreachable
value: /tiers/0/leave_share = 0.6 -> overlap at /tiers/1/leave_share
value: /tiers/2/enter_share = 0.9 -> rule_on_base
value: /tiers/0/leave_share -> missing
value: /tiers/0/enter_share = "0.2" -> wrong_type
value: /tiers/0/enter_share = NaN -> out_of_range
value: /tiers/0/enter_share = 0 -> out_of_range
value: /audience = "customer_facing" -> not_allowed
value: /fall_after_days = 0 -> out_of_range
value: /fall_after_days = true -> wrong_type
pg: /tiers/0/enter_share = 0.2 -> not_together
pg: /tiers/1/when -> missing
pg: /tiers/3/when = {"lifecycle": {"in": ["churned"]}} -> rule_on_base
abc: /tiers/0/when = {"horoscope": "leo"} -> unknown_field
abc: /tiers/0/when/rank/top = 7 -> out_of_range
abc: /tiers/0/when = {"tier": {"programme": "abc", "in": ["a"]}} -> cyclic at /tiers/0/when/tier
abc: /tiers/0/keep = {"in_segment": "best"} -> cyclic at /tiers/0/keep/in_segment
pg: /tiers/2/when = {"consent": {"purpose": "service"}} -> not_in_classes at /tiers/2/when/consent
abc: /currency = "ZZZ" -> unknown_currency
"""


@pytest.mark.parametrize("line", CASES.strip("\n").splitlines())
def test_a_fault_is_named_by_its_place(line: str) -> None:
    case = read(line)
    faults = faults_of(case.document())
    assert (case.pointer, case.code) in {(fault.pointer, fault.code) for fault in faults}, faults
    assert all(fault.message for fault in faults)


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, True, float("nan"), [[[]]]], ids=repr)
def test_what_is_no_document_is_refused(value: object) -> None:
    assert faults_of(value)


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [("/tiers", [{}] * 10_000, "too_many"), ("/name/en", "x" * 10**6, "too_long")],
    ids=["10,000 tiers", "a huge text"],
)
def test_a_huge_document_costs_one_fault(place: str, value: object, code: str) -> None:
    document = deepcopy(PRESETS["coffee"])
    put(document, place, json.dumps(value))
    assert [(fault.pointer, fault.code) for fault in faults_of(document)] == [(place, code)]


def test_an_override_lets_prices_hang_on_an_internal_programme() -> None:
    benefit = {
        "key": "p",
        "kind": "price",
        "name": {"en": "P", "zh": "价"},
        "tiers": ["high"],
        "price": {"percent": "5"},
    }
    why = {"reason": "a staff shop", "approved_by": "the owner"}
    assert faults_of({**PRESETS["value"], "benefits": [benefit], "price_override": why}) == []


def test_another_currency_than_the_shops_is_refused() -> None:
    (fault,) = faults_of(PRESETS["coffee"], currency="EUR")
    assert fault.pointer == "/currency"
    assert faults_of(PRESETS["coffee"], currency="CNY") == []


def test_amounts_of_a_currency_without_two_decimals_need_its_name() -> None:
    (fault,) = faults_of(PRESETS["abc"], currency="JPY")
    assert (fault.pointer, fault.code) == ("/currency", "missing")
    assert faults_of({**PRESETS["abc"], "currency": "JPY"}, currency="JPY") == []


def test_a_hopeless_document_is_answered_in_a_few_words() -> None:
    tiers = [{"key": 1, "name": 2, "enter": 3, "keep": 4}] * 16
    assert len(faults_of({**PRESETS["coffee"], "tiers": tiers})) == MAX_FAULTS


def test_names_of_the_sender_are_not_repeated() -> None:
    strange = {"secretword": 1, "metrics": {"SECRET word": {"of": "spend"}}}
    said = json.dumps([(f.pointer, f.message) for f in faults_of(PRESETS["coffee"] | strange)])
    assert "secret" not in said.lower()

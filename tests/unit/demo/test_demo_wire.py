"""The demo shop speaks the contract: every body is well formed and every link leads somewhere."""

from collections import Counter
from datetime import datetime

from deploy.demo.delivery import Delivery, Stream
from deploy.demo.shop import customers, stores
from deploy.demo.spec import ShopSpec
from tests.unit.demo.wire_checker import Body, event_faults, natural_key, receipt_faults


def test_every_receipt_follows_the_contract(receipts: list[Body]) -> None:
    assert [fault for body in receipts for fault in receipt_faults(body)] == []


def test_every_event_follows_the_contract(events: list[Body]) -> None:
    assert [fault for body in events for fault in event_faults(body)] == []


def test_natural_keys_repeat_only_in_planted_duplicates(
    deliveries: list[Delivery], receipts: list[Body]
) -> None:
    by_key = {natural_key(body): body for body in receipts}
    repeats = [d.body for d in deliveries if d.stream is Stream.RECEIPT and d.is_repeat]
    assert len(by_key) == len(receipts)
    assert all(by_key[natural_key(body)] == body for body in repeats)


def test_event_ids_are_unique(events: list[Body]) -> None:
    assert len({body["event_id"] for body in events}) == len(events)


def test_links_name_an_earlier_sale_of_the_same_customer(receipts: list[Body]) -> None:
    sales = {natural_key(body): body for body in receipts if body["type"] == "sale"}
    linked = [body for body in receipts if body["link"] is not None]
    for body in linked:
        sale = sales[natural_key(body["link"])]
        assert sale["occurred_at"] < body["occurred_at"]
        assert sale["customer"] == body["customer"]
    assert {body["type"] for body in linked} == {"return", "void"}


def test_returns_take_back_lines_of_their_sale_once(receipts: list[Body]) -> None:
    sales = {natural_key(body): body for body in receipts if body["type"] == "sale"}
    undone = Counter(natural_key(body["link"]) for body in receipts if body["link"] is not None)
    assert max(undone.values()) == 1
    for body in receipts:
        if body["type"] == "return" and body["link"] is not None:
            sold = sales[natural_key(body["link"])]["lines"]
            assert all(line in sold for line in body["lines"])


def test_unlinked_returns_name_articles_the_customer_bought(
    receipts: list[Body], people: dict[tuple[str, str], str]
) -> None:
    bought = {
        (people[next(iter(body["customer"].items()))], line["sku"])
        for body in receipts
        if body["type"] == "sale" and body["customer"]
        for line in body["lines"]
    }
    unlinked = [body for body in receipts if body["type"] == "return" and body["link"] is None]
    assert len(unlinked) > 20
    for body in unlinked:
        person = people[next(iter(body["customer"].items()))]
        assert all((person, line["sku"]) in bought for line in body["lines"])


def test_every_identifier_shown_belongs_to_a_profile(
    deliveries: list[Delivery], people: dict[tuple[str, str], str]
) -> None:
    shown = [d.body["customer"] for d in deliveries if d.body["customer"] is not None]
    assert all(isinstance(who, dict) and set(who.items()) <= set(people) for who in shown)


def test_profiles_and_stores_have_what_the_contract_asks(spec: ShopSpec) -> None:
    profiles = dict(customers(spec))
    assert len(profiles) == spec.customers
    assert all(set(b) == {"attributes", "identifiers", "consents"} for b in profiles.values())
    for _, body in stores():
        assert set(body) == {"name", "region", "time_zone", "currency", "kind"}


def test_nothing_happens_after_the_end(spec: ShopSpec, deliveries: list[Delivery]) -> None:
    for delivery in deliveries:
        occurred = datetime.fromisoformat(str(delivery.body["occurred_at"]))
        assert occurred.timestamp() <= delivery.at <= spec.now_s

"""One person on the web and at the till: what either learns shows in the very next tier read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

import httpx
import pytest

from tests.databases import Databases
from tests.servers import add_key, running
from tests.shop_facts import LAST_DAY
from tests.tills import Body, line, receipt
from tests.trained import NOW

CARD, BROWSER, PERSON = "CARD-77", "browser-77", "web-77"


@dataclass(frozen=True, slots=True)
class Stack:
    """Ingest and scoring as processes of their own on one database, without a worker."""

    ingest: str
    scoring: str
    http: httpx.Client

    def send(self, path: str, body: Body) -> Body:
        answer = self.http.post(f"{self.ingest}{path}", json=body)
        assert answer.status_code in (200, 201), answer.text
        document: Body = answer.json()
        return document

    def told(self, what: str, customer_id: str = PERSON) -> Body:
        answer = self.http.get(f"{self.scoring}/v1/customers/{customer_id}/{what}")
        assert answer.status_code == 200, answer.text
        document: Body = answer.json()
        return document

    def look(self, number: int, **customer: Any) -> None:
        event = {
            "event_id": f"look-{number}",
            "type": "product_viewed",
            "occurred_at": at(8),
            "customer": customer,
            "properties": {"sku": "tea"},
        }
        assert self.send("/v1/events", {"events": [event]})["accepted"] == 1

    def buy(self, *numbers: int, net: str = "9000.00") -> None:
        """Pay at the till with the card."""
        bodies = [
            receipt(
                number,
                customer={"loyalty_account": CARD},
                business_date=str(LAST_DAY),
                occurred_at=at(9 + number % 8),
                lines=[line(net=net)],
            )
            for number in numbers
        ]
        assert self.send("/v1/receipts", {"receipts": bodies})["accepted"] == len(numbers)

    def identify(self) -> None:
        """Log in, in the browser that was looked at before."""
        body = {"messageId": "login", "userId": PERSON, "anonymousId": BROWSER, "timestamp": at(8)}
        self.send("/v1/identify", body | {"traits": {"city": "Wuhan"}})


def at(hour: int) -> str:
    return datetime.combine(LAST_DAY, time(hour), tzinfo=UTC).isoformat()


@pytest.fixture
def stack(databases: Databases, trained_template: str) -> Iterator[Stack]:
    with databases.temporary(trained_template) as url:
        headers = {"Authorization": f"Bearer {add_key(url)}"}
        now = NOW.isoformat()
        with (
            running("ingest", url, BUSINESS_NOW=now) as ingest,
            running("scoring", url, BUSINESS_NOW=now) as scoring,
            httpx.Client(timeout=30, headers=headers) as http,
        ):
            yield Stack(ingest.url, scoring.url, http)


def test_a_purchase_by_card_at_the_till_shows_in_the_next_read_on_the_web(stack: Stack) -> None:
    stack.look(1, anonymous_id=BROWSER)
    stack.look(2, customer_id=PERSON)
    stack.identify()
    stack.send(f"/v1/customers/{PERSON}/identifiers", {"identifiers": {"loyalty_account": CARD}})
    before = stack.told("tier")
    stack.buy(1, 2, 3)
    after = stack.told("tier")
    assert (before["tier"]["key"], after["tier"]["key"]) == ("low", "high")


def test_what_the_browser_saw_is_the_persons_after_they_log_in(stack: Stack) -> None:
    for number in range(5):
        stack.look(number, anonymous_id=BROWSER)
    stack.look(9, customer_id=PERSON)
    stack.identify()
    profile = stack.http.get(f"{stack.ingest}/v1/customers/{PERSON}").json()
    kinds = {each["kind"]: each["value"] for each in profile["identifiers"]}
    assert (kinds["anonymous_id"], profile["attributes"]) == (BROWSER, {"city": "Wuhan"})


def test_merging_with_a_card_lifts_the_tier_and_undoing_gives_it_back(stack: Stack) -> None:
    stack.look(1, customer_id=PERSON)
    stack.buy(1, 2, 3)
    before = stack.told("tier")
    body = {"winner": {"customer_id": PERSON}, "loser": {"loyalty_account": CARD}}
    merge = stack.send("/v1/merges", body)
    assert stack.told("tier")["tier"]["key"] == "high"
    undone = stack.http.delete(f"{stack.ingest}/v1/merges/{merge['merge_id']}")
    assert undone.status_code == 200
    assert stack.told("tier") == before

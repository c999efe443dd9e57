"""What was sent and what was acknowledged, so that a crash can be judged afterwards."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

Answer = dict[str, Any]
Receipt = dict[str, object]
_STORE, _WORKSTATION = "compose-check", "1"
NET_MINOR = 1237
_BATCH = 1000
_TRIES = 20
_PATIENCE_S = 0.2


class LedgerBroken(Exception):
    """An acknowledged receipt is lost or counted twice, or ingest refuses a good one."""


@dataclass(slots=True)
class Ledger:
    """Posts receipts of one customer, numbered from 1, and remembers which were acknowledged."""

    ingest: httpx.Client
    customer_id: str
    now: datetime
    sent: int = 0
    acknowledged: set[int] = field(default_factory=set)

    def post_one(self) -> bool:
        """Send the next receipt; tell whether it was acknowledged."""
        self.sent += 1
        answer = self._post([self.sent])
        if answer is None or answer["accepted"] != 1:
            return False
        self.acknowledged.add(self.sent)
        return True

    def reconcile(self) -> None:
        """Send everything again; raise LedgerBroken unless what was acknowledged is known."""
        numbers = range(1, self.sent + 1)
        self._post_again([n for n in numbers if n in self.acknowledged], must_be_known=True)
        self._post_again([n for n in numbers if n not in self.acknowledged], must_be_known=False)
        self.acknowledged = set(numbers)

    def _post_again(self, numbers: list[int], *, must_be_known: bool) -> None:
        for start in range(0, len(numbers), _BATCH):
            batch = numbers[start : start + _BATCH]
            counts = self._post_patiently(batch)
            known, new = counts["duplicates"], counts["accepted"]
            if known + new != len(batch) or (must_be_known and new):
                raise LedgerBroken(f"of {len(batch)} receipts sent again: {counts}")

    def _post_patiently(self, numbers: list[int]) -> Answer:
        for _ in range(_TRIES):
            if (answer := self._post(numbers)) is not None:
                return answer
            time.sleep(_PATIENCE_S)
        raise LedgerBroken(f"ingest took none of {len(numbers)} receipts, {_TRIES} times")

    def _post(self, numbers: list[int]) -> Answer | None:
        receipts = [receipt_of(self.customer_id, number, self.now) for number in numbers]
        try:
            answer = self.ingest.post("/v1/receipts", json={"receipts": receipts})
        except httpx.TransportError:
            return None
        if answer.is_server_error:
            return None
        if answer.is_error:
            raise LedgerBroken(f"ingest answers {answer.status_code}: {answer.text}")
        found: Answer = answer.json()
        return found


def receipt_of(customer_id: str, number: int, now: datetime) -> Receipt:
    """Write the sale with the given sequence number: the same one for the same number."""
    net = f"{NET_MINOR / 100:.2f}"
    return {
        "store_id": _STORE,
        "workstation_id": _WORKSTATION,
        "business_date": now.date().isoformat(),
        "sequence_number": number,
        "type": "sale",
        "occurred_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "channel": "store",
        "currency": "CNY",
        "customer": {"customer_id": customer_id},
        "lines": [
            {
                "line": 1,
                "sku": "6927165",
                "category": "coffee",
                "quantity": "1",
                "unit_price": "16.50",
                "discount": "4.13",
                "net": net,
            }
        ],
        "total": {"net": net, "tax": "0.00"},
    }


@contextmanager
def posting(ledger: Ledger) -> Iterator[None]:
    """Keep sending receipts, one after the other, for as long as the block runs."""
    is_over = threading.Event()

    def send() -> None:
        while not is_over.is_set():
            if not ledger.post_one():
                is_over.wait(_PATIENCE_S)

    with ThreadPoolExecutor(max_workers=1) as pool:
        sender = pool.submit(send)
        try:
            yield
        finally:
            is_over.set()
        sender.result()

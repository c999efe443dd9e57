"""Tills that never give up: they send until the answer says what became of each receipt."""

import asyncio
import random
from dataclasses import dataclass
from typing import Any

import httpx

from tests.chaos.ledger import Ledger

Body = dict[str, Any]
CUSTOMERS = 40


def receipt(number: int, dice: random.Random) -> Body:
    """A sale of a random amount to one of a few customers, now and then to nobody."""
    minor = dice.randrange(1, 5000)
    money = f"{minor // 100}.{minor % 100:02d}"
    who = dice.randrange(CUSTOMERS + 8)
    return {
        "store_id": f"s{number % 3}",
        "workstation_id": "1",
        "business_date": "2026-03-01",
        "sequence_number": number,
        "type": "sale",
        "occurred_at": "2026-03-01T10:00:00Z",
        "currency": "CNY",
        "customer": {"customer_id": f"c{who}"} if who < CUSTOMERS else None,
        "lines": [{"line": 1, "sku": f"k{minor % 7}", "quantity": "1", "net": money}],
        "total": {"net": money},
    }


@dataclass(slots=True)
class Sender:
    """One till: numbers of its own, a seed of its own."""

    url: str
    headers: dict[str, str]
    ledger: Ledger
    number: int
    dice: random.Random
    sent: int = 0

    async def send_until(self, stop: asyncio.Event, client: httpx.AsyncClient) -> None:
        """Send batches until told to stop; the last one is sent until it is acknowledged."""
        while not stop.is_set():
            size = self.dice.choice((1, 1, 5, 25))
            batch = [self._next() for _ in range(size)]
            self.ledger.sending(batch)
            await self._deliver(batch, client)
            self.ledger.acknowledged(batch)

    def _next(self) -> Body:
        self.sent += 1
        return receipt(self.number * 10_000_000 + self.sent, self.dice)

    async def _deliver(self, batch: list[Body], client: httpx.AsyncClient) -> None:
        while True:
            try:
                answer = await client.post(
                    f"{self.url}/v1/receipts", json={"receipts": batch}, headers=self.headers
                )
            except httpx.TransportError:
                await asyncio.sleep(0.02)
                continue
            if answer.status_code == 200:
                body = answer.json()
                assert body["accepted"] + body["duplicates"] == len(batch), body
                if self.dice.random() < 0.8:  # now and then an answer is "lost": send again
                    return
            else:
                assert answer.status_code in (429, 503), answer.text
                await asyncio.sleep(0.05)

"""Tills that repeat themselves, leave before the answer and rarely give up, as real ones do."""

import asyncio
import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.chaos.ledger import Ledger

Body = dict[str, Any]
CUSTOMERS = 200
#: Half of the tills send one receipt at a time, the others what they have collected.
SIZES = ((1,), (5, 25, 100))
#: A request is sent so many times at most, though it was acknowledged.
TIMES = 5


def receipt(number: int, dice: random.Random) -> Body:
    """A sale of a random amount to one of some customers, now and then to nobody."""
    minor = dice.randrange(1, 5000)
    money = f"{minor // 100}.{minor % 100:02d}"
    who = dice.randrange(CUSTOMERS * 4 // 3)
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


def altered(body: Body) -> Body:
    """The same receipt with another amount: what must never take the first one's place."""
    return body | {"lines": [body["lines"][0] | {"net": "77.77"}], "total": {"net": "77.77"}}


@dataclass(slots=True)
class Sender:
    """One till: numbers of its own, a seed of its own."""

    client: httpx.AsyncClient
    ledger: Ledger
    number: int
    dice: random.Random
    tally: Counter[str]
    sent: int = 0

    async def send_until(self, stop: threading.Event) -> None:
        """Send batches until told to stop; what began is delivered first."""
        while not stop.is_set():
            size = self.dice.choice(SIZES[self.number % 2])
            batch = [self._next() for _ in range(size)]
            self.ledger.sending(batch)
            if not await self._deliver(batch):
                continue
            self.ledger.acknowledged(batch)
            for _ in range(TIMES - 1):
                if self.dice.random() < 0.7:
                    break
                await self._attempt(batch)
            if self.dice.random() < 0.02:
                await self._contest(batch[0])

    def _next(self) -> Body:
        self.sent += 1
        return receipt(self.number * 10_000_000 + self.sent, self.dice)

    async def _deliver(self, batch: list[Body]) -> bool:
        """Send until it is acknowledged; some tills break before."""
        while not await self._attempt(batch):
            if self.dice.random() < 0.005:
                self.tally["given up"] += 1
                return False
            await asyncio.sleep(self.dice.uniform(0.1, 0.4))
        return True

    async def _attempt(self, batch: list[Body]) -> bool:
        """Send once, or twice at the same time; True when an answer acknowledged it."""
        copies = 2 if self.dice.random() < 0.2 else 1
        # an impatient client leaves after the commit as well as before it
        patience_s = self.dice.uniform(0.001, 0.05) if self.dice.random() < 0.1 else 10
        answers = [await a for a in self._begun(batch, copies, patience_s)]
        for body in answers:
            assert body is None or body["accepted"] + body["duplicates"] == len(batch), body
        return any(answers)

    def _begun(
        self, batch: list[Body], copies: int, patience_s: float
    ) -> list["asyncio.Task[Body | None]"]:
        return [asyncio.create_task(self._post(batch, patience_s)) for _ in range(copies)]

    async def _contest(self, body: Body) -> None:
        """Send another body under a known key: it is named as a conflict, the first stays."""
        while (answer := await self._post([altered(body)], 10)) is None:
            await asyncio.sleep(0.05)
        assert [conflict["index"] for conflict in answer["conflicts"]] == [0], answer
        self.tally["contested"] += 1

    async def _post(self, batch: list[Body], patience_s: float) -> Body | None:
        """Return the answer, or None where nobody knows what became of it."""
        self.tally["requests"] += 1
        try:
            answer = await self.client.post(
                "/v1/receipts", json={"receipts": batch}, timeout=patience_s
            )
        except httpx.TimeoutException:
            self.tally["timed out"] += 1
            return None
        except httpx.TransportError:
            self.tally["cut off"] += 1
            return None
        if answer.status_code == 200:
            body: Body = answer.json()
            return body
        assert answer.status_code in (429, 503), answer.text
        assert answer.headers["retry-after"].isdigit(), answer.headers
        self.tally["refused"] += 1
        return None


@dataclass(slots=True)
class Fleet:
    """Many tills in a thread of their own: the main thread starts and kills processes."""

    url: str
    headers: dict[str, str]
    ledger: Ledger
    seed: int
    size: int = 16
    tally: Counter[str] = field(default_factory=Counter)
    _stop: threading.Event = field(default_factory=threading.Event)
    _fault: BaseException | None = None
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        """Let every till finish what it began; raises what went wrong in any of them."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        if self._fault is not None:
            raise self._fault

    @property
    def has_failed(self) -> bool:
        return self._fault is not None

    def _run(self) -> None:
        try:
            asyncio.run(self._send())
        except BaseException as error:  # noqa: BLE001 - handed to the main thread
            self._fault = error

    async def _send(self) -> None:
        limits = httpx.Limits(
            max_connections=2 * self.size, max_keepalive_connections=2 * self.size
        )
        async with (
            httpx.AsyncClient(base_url=self.url, headers=self.headers, limits=limits) as client,
            asyncio.TaskGroup() as group,
        ):
            for number in range(1, self.size + 1):
                dice = random.Random(self.seed + number)
                sender = Sender(client, self.ledger, number, dice, self.tally)
                group.create_task(sender.send_until(self._stop))

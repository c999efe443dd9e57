"""The stages of a play: what is posted where, and what each answer must say."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from rich.progress import Progress, TaskID

from deploy.demo.batches import Batch, batches
from deploy.demo.calls import Calls, drain
from deploy.demo.care import Care
from deploy.demo.delivery import Delivery, Stream
from deploy.demo.jobs import POLL_S
from deploy.demo.names import Body
from deploy.demo.programmes import COFFEE, publish_preset
from deploy.demo.shop import customers, generate, stores
from deploy.demo.spec import DAY_SECONDS, ShopSpec
from deploy.demo.tally import Tally
from deploy.demo.training import train
from shared.keys import OWN_KEYS

PUTS_IN_FLIGHT = 16
#: What the administrator's key speaks for, and that it tells of the past.
SOURCE: Final = OWN_KEYS["TIERLINE_ADMIN_KEY"]
HISTORY: Final[Body] = {"kind": "api", "settings": {"is_backfill": True}}
# Two batches on their way keep ingest busy while the next one is being made.
BATCHES_IN_FLIGHT = 2
FEEDBACK_IN_FLIGHT = 8
_LISTS = {Stream.RECEIPT: "receipts", Stream.EVENT: "events"}


@dataclass(frozen=True, slots=True)
class Addresses:
    ingest: str
    scoring: str
    feedback: str


@dataclass(slots=True)
class Player:
    """One play under way; the stages are called in the order in which they stand here."""

    calls: Calls
    spec: ShopSpec
    at: Addresses
    progress: Progress
    is_resumed: bool = False
    poll_s: float = POLL_S
    tallies: dict[Stream, Tally] = field(
        default_factory=lambda: {stream: Tally(stream.value) for stream in _LISTS}
    )
    said: list[Body] = field(default_factory=list)
    made: Counter[tuple[Stream, bool]] = field(default_factory=Counter)

    async def post_stores(self) -> int:
        """Put every store; return how many."""
        known = stores()
        # Two years in a minute: late by declaration, as a shop's own first load would be.
        await self.calls.send("PUT", f"{self.at.ingest}/v1/sources/{SOURCE}", HISTORY)
        for store_id, body in known:
            await self.calls.send("PUT", f"{self.at.ingest}/v1/stores/{store_id}", body)
        return len(known)

    async def post_customers(self) -> None:
        """Put every profile, so that cards and phones are known before the first receipt."""
        task = self._task("Customers", self.spec.customers)

        async def put(customer: tuple[str, Body]) -> None:
            customer_id, body = customer
            await self.calls.send("PUT", f"{self.at.ingest}/v1/customers/{customer_id}", body)
            self.progress.advance(task)

        await drain(customers(self.spec), put, workers=PUTS_IN_FLIGHT)

    async def post_history(self) -> None:
        """Post receipts and events in the order of their delivery; keep feedback for later."""
        task = self._task("Receipts and behaviour", self.spec.days)

        async def post(batch: Batch) -> None:
            await self._post_batch(batch)
            day = batch.until // DAY_SECONDS - self.spec.first_day
            done = f"{self.tallies[Stream.RECEIPT].accepted:,} receipts"
            self.progress.update(task, completed=day, note=done)

        await drain(batches(self._counted()), post, workers=BATCHES_IN_FLIGHT)
        self.progress.update(task, completed=self.spec.days)
        for stream, tally in self.tallies.items():
            may_know = self.is_resumed or self.calls.repeats > 0
            tally.settle(self.made[stream, False], self.made[stream, True], may_know=may_know)

    async def train(self) -> str:
        """Train the value model; return what the job says of it."""
        task = self._task("Value model", 1)

        def report(done: float, words: str) -> None:
            self.progress.update(task, completed=done, note=words)

        job = await train(self.calls, self.at.scoring, report, poll_s=self.poll_s)
        result = job.get("result") or {}
        return str(result.get("model_version") or result.get("version") or "")

    async def publish(self) -> None:
        """Publish the programme that customers are told of."""
        task = self._task("Coffee club", 1)

        def report(done: float, words: str) -> None:
            self.progress.update(task, completed=done, note=words)

        await publish_preset(self.calls, self.at.scoring, COFFEE, report, poll_s=self.poll_s)

    async def post_feedback(self) -> int:
        """Post what customers said, now that there are tiers to hold; return how many."""
        task = self._task("Feedback", len(self.said))

        async def post(said: Body) -> None:
            await self.calls.send("POST", f"{self.at.feedback}/v1/feedback", said)
            self.progress.advance(task)

        await drain(self.said, post, workers=FEEDBACK_IN_FLIGHT)
        return len(self.said)

    async def tend(self) -> int:
        """Ask and tend the customers; return how many answered the survey."""
        task = self._task("Survey and care", 4)
        care = Care(self.calls, self.at.feedback, self.spec)
        await care.tend()
        self.progress.advance(task)
        answered = await care.ask()
        self.progress.advance(task)
        await care.note()
        self.progress.advance(task)
        await care.review(poll_s=self.poll_s)
        self.progress.advance(task)
        return answered

    async def _post_batch(self, batch: Batch) -> None:
        if batch.stream is Stream.FEEDBACK:
            self.said.extend(batch.items)
            return
        name = _LISTS[batch.stream]
        url = f"{self.at.ingest}/v1/{name}"
        answer = await self.calls.send("POST", url, {name: list(batch.items)})
        self.tallies[batch.stream].add(len(batch.items), answer)

    def _counted(self) -> Iterator[Delivery]:
        for delivery in generate(self.spec):
            self.made[delivery.stream, delivery.is_repeat] += 1
            yield delivery

    def _task(self, name: str, total: int) -> TaskID:
        return self.progress.add_task(name, total=total, note="")

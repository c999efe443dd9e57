"""The stages of a play: what is posted where, and what each answer must say."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from rich.progress import Progress, TaskID

from deploy.demo.batches import Batch, batches
from deploy.demo.calls import Calls, drain
from deploy.demo.care import Care
from deploy.demo.delivery import Delivery, Stream
from deploy.demo.jobs import POLL_S
from deploy.demo.names import Body
from deploy.demo.programmes import COFFEE, publish_preset
from deploy.demo.shop import generate, newcomers, stores
from deploy.demo.spec import DAY_SECONDS, ShopSpec
from deploy.demo.tally import Tally
from deploy.demo.training import train
from deploy.demo.windows import Belt, Window
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
    """One play under way; what is posted in parts is called with each part in turn."""

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
    _belt: Belt = field(init=False)
    _bars: dict[str, TaskID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._belt = Belt(generate(self.spec))

    async def post_stores(self) -> int:
        """Put every store; return how many."""
        known = stores()
        # Two years in a minute: late by declaration, as a shop's own first load would be.
        await self.calls.send("PUT", f"{self.at.ingest}/v1/sources/{SOURCE}", HISTORY)
        for store_id, body in known:
            await self.calls.send("PUT", f"{self.at.ingest}/v1/stores/{store_id}", body)
        return len(known)

    async def post_customers(self, part: Window) -> None:
        """Put the profiles of who came, so that cards and phones are known before a receipt."""
        task = self._task("Customers", self.spec.customers)

        async def put(customer: tuple[str, Body]) -> None:
            customer_id, body = customer
            await self.calls.send("PUT", f"{self.at.ingest}/v1/customers/{customer_id}", body)
            self.progress.advance(task)

        await drain(newcomers(self.spec, part.since, part.until), put, workers=PUTS_IN_FLIGHT)

    async def post_history(self, part: Window) -> None:
        """Post receipts and events in the order of their delivery; keep feedback for later."""
        task = self._task("Receipts and behaviour", self.spec.days)

        async def post(batch: Batch) -> None:
            await self._post_batch(batch)
            day = batch.until // DAY_SECONDS - self.spec.first_day
            done = f"{self.tallies[Stream.RECEIPT].accepted:,} receipts"
            self.progress.update(task, completed=day, note=done)

        await drain(batches(self._counted(part)), post, workers=BATCHES_IN_FLIGHT)
        day = (part.until - 1) // DAY_SECONDS - self.spec.first_day
        self.progress.update(task, completed=day + 1)
        for stream, tally in self.tallies.items():
            may_know = self.is_resumed or self.calls.repeats > 0
            tally.settle(self.made[stream, False], self.made[stream, True], may_know=may_know)

    def skip(self, part: Window) -> None:
        """Pass over what an earlier start posted; what was said is posted with the rest."""
        known = sum(1 for _ in newcomers(self.spec, part.since, part.until))
        self.progress.advance(self._task("Customers", self.spec.customers), known)
        passed = self._belt.until(part.until)
        self.said.extend(each.body for each in passed if each.stream is Stream.FEEDBACK)

    async def train(self) -> str:
        """Train the value model; return what the job says of it."""
        task = self._task("Value model", 1)

        def report(done: float, words: str) -> None:
            self.progress.update(task, completed=done, note=words)

        job = await train(self.calls, self.at.scoring, report, poll_s=self.poll_s)
        result = job.get("result") or {}
        return str(result.get("model_version") or result.get("version") or "")

    async def live_model(self) -> str:
        """Name the model in force: the schedule may have retrained since the first one."""
        known = await self.calls.send("GET", f"{self.at.scoring}/v1/models")
        return next((str(m["model_version"]) for m in known["items"] if m["status"] == "live"), "")

    def show_night(self, number: int, of: int, at: datetime) -> None:
        """Show which night is lived through; after the last one comes today."""
        note = f"until the night of {at.day} {at:%B %Y}" if number <= of else "today"
        self.progress.update(self._task("Nights of the past", of), completed=number - 1, note=note)

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

    def _counted(self, part: Window) -> Iterator[Delivery]:
        for delivery in self._belt.until(part.until):
            self.made[delivery.stream, delivery.is_repeat] += 1
            yield delivery

    def _task(self, name: str, total: int) -> TaskID:
        """Give the bar of a stage, which goes on with each part of the history."""
        if name not in self._bars:
            self._bars[name] = self.progress.add_task(name, total=total, note="")
        return self._bars[name]

"""Plays the demo shop through the real API, trains the value model and publishes a programme."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from deploy.demo.calls import Calls
from deploy.demo.delivery import Stream
from deploy.demo.past import Past, first_night
from deploy.demo.player import Addresses, Player
from deploy.demo.spec import ShopSpec
from deploy.demo.windows import Window, windows

SEED = 20261122
TIMEOUT = httpx.Timeout(60, connect=5)


@dataclass(frozen=True, slots=True)
class PlaySummary:
    """What a play put in, what came of it, and how long each stage took in seconds."""

    stores: int
    customers: int
    receipts: int
    receipt_duplicates: int
    events: int
    feedback: int
    survey_answers: int
    model_version: str
    seconds: dict[str, float]


async def play(  # noqa: PLR0913 - the one call of whoever starts the services, all by keyword
    *,
    ingest_url: str,
    scoring_url: str,
    feedback_url: str,
    key: str,
    now: datetime,
    customers: int = 2000,
    seed: int = SEED,
    progress: Progress | None = None,
    is_resumed: bool = False,
    past: Past | None = None,
    client: httpx.AsyncClient | None = None,
) -> PlaySummary:
    """Post stores, customers, receipts and events, train, publish, post feedback, tend, sum up.

    With a `past` the shop has lived with Tierline for weeks: what had happened by each night is
    posted and the night is worked off before what came after it. Feedback comes last: it keeps the
    tier held, and there is none before a model. Posting again (`is_resumed`) with the same `now`,
    `customers` and `seed` changes nothing; with another `now` the same tills would report other
    receipts, so who resumes must remember it. Raises DemoFailed.
    """
    spec = ShopSpec(now=now, customers=customers, seed=seed)
    addresses = Addresses(ingest_url, scoring_url, feedback_url)
    async with _client(client) as http:
        with progress or demo_progress() as bar:
            summary = await run(Player(Calls(http, key), spec, addresses, bar, is_resumed), past)
    print_summary(summary, bar.console)
    return summary


async def run(player: Player, past: Past | None = None) -> PlaySummary:
    """Go through the stages of a play and sum up."""
    seconds: dict[str, float] = {}
    with _timed(seconds, "stores"):
        store_count = await player.post_stores()
    if past is not None:
        await _live_past(player, past, seconds)
    await _post(player, windows(player.spec, past.nights if past else ())[-1], seconds)
    if past is None:
        with _timed(seconds, "training"):
            await player.train()
        with _timed(seconds, "coffee club"):
            await player.publish()
    with _timed(seconds, "feedback"):
        feedback_count = await player.post_feedback()
    with _timed(seconds, "survey and care"):
        answer_count = await player.tend()
    receipts, events = player.tallies[Stream.RECEIPT], player.tallies[Stream.EVENT]
    return PlaySummary(
        stores=store_count,
        customers=player.spec.customers,
        receipts=receipts.accepted,
        receipt_duplicates=receipts.duplicates,
        events=events.accepted,
        feedback=feedback_count,
        survey_answers=answer_count,
        model_version=await player.live_model(),
        seconds=seconds,
    )


async def _live_past(player: Player, past: Past, seconds: dict[str, float]) -> None:
    """Post what had happened by each night and work the night off, then let today come."""
    nights = past.nights
    parts = windows(player.spec, nights)
    for number, (at, part) in enumerate(zip(nights, parts, strict=False), 1):
        player.show_night(number, len(nights), at)
        if number <= past.over:
            player.skip(part)
            continue
        await _post(player, part, seconds)
        with _timed(seconds, "nights"):
            await (past.work(at) if number > 1 else first_night(player, past))
        past.note(number)
    player.show_night(len(nights) + 1, len(nights), player.spec.now)
    with _timed(seconds, "today's services"):
        await past.wake()


async def _post(player: Player, part: Window, seconds: dict[str, float]) -> None:
    with _timed(seconds, "customers"):
        await player.post_customers(part)
    with _timed(seconds, "receipts and events"):
        await player.post_history(part)


def demo_progress() -> Progress:
    """Make the progress bar of a play."""
    name, note = TextColumn("{task.description:<24}"), TextColumn("{task.fields[note]}")
    return Progress(name, BarColumn(), TimeElapsedColumn(), note)


def print_summary(summary: PlaySummary, console: Console) -> None:
    """Print what was played as a small table."""
    table = Table("demo shop", "", title=None)
    table.columns[1].justify = "right"
    rows = {
        "stores": summary.stores,
        "customers": summary.customers,
        "receipts": summary.receipts,
        "receipts delivered again": summary.receipt_duplicates,
        "browsing and referrals": summary.events,
        "feedback": summary.feedback,
        "answers to the survey": summary.survey_answers,
    }
    for name, count in rows.items():
        table.add_row(name, f"{count:,}")
    table.add_row("model", summary.model_version)
    for stage, seconds in summary.seconds.items():
        table.add_row(f"{stage}, seconds", f"{seconds:.1f}")
    console.print(table)


@asynccontextmanager
async def _client(given: httpx.AsyncClient | None) -> AsyncIterator[httpx.AsyncClient]:
    if given is not None:
        yield given
        return
    async with httpx.AsyncClient(timeout=TIMEOUT) as owned:
        yield owned


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[stage] = seconds.get(stage, 0.0) + time.perf_counter() - began

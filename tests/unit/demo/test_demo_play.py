"""The player posts everything in a sensible order and believes no answer it did not check."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from rich.console import Console
from rich.progress import Progress

from deploy.demo.batches import batches
from deploy.demo.calls import Calls, DemoFailed, drain
from deploy.demo.delivery import Delivery, Stream
from deploy.demo.play import PlaySummary, demo_progress, play, print_summary, run
from deploy.demo.player import Addresses, Player
from deploy.demo.shop import generate
from deploy.demo.spec import ShopSpec
from deploy.demo.tally import Tally
from tests.unit.demo.fake_services import KEY, FakeServices

SPEC = ShopSpec(now=datetime(2026, 3, 1, 12, tzinfo=UTC), customers=60, years=0.6, seed=1)


def player(fake: FakeServices, spec: ShopSpec = SPEC) -> Player:
    at = Addresses("http://ingest", "http://scoring", "http://feedback")
    bar = Progress(disable=True)
    return Player(Calls(fake.client(), KEY, 0.001), spec, at, bar, poll_s=0.001)


async def test_play_posts_every_item_once_and_sums_up() -> None:
    fake = FakeServices()
    summary = await run(player(fake))
    made = list(generate(SPEC))
    copies = sum(d.is_repeat for d in made)
    receipts = sum(d.stream is Stream.RECEIPT for d in made)
    assert (summary.receipts, summary.receipt_duplicates) == (receipts - copies, copies)
    assert summary.receipts + summary.events == len(fake.known)
    assert summary.feedback == len(fake.feedback) == sum(d.stream is Stream.FEEDBACK for d in made)
    assert (summary.customers, summary.stores) == (60, fake.calls["stores"])
    assert summary.survey_answers == len(fake.care.answers) > 0
    assert summary.model_version == "2026-11-22-1"


async def test_profiles_come_before_receipts_and_feedback_after_the_model() -> None:
    fake = FakeServices()
    await run(player(fake))
    first = [name for at, name in enumerate(fake.order) if name not in fake.order[:at]]
    assert first == [
        "sources", "stores", "customers", "receipts", "events", "models", "jobs", "programmes",
        "presets", "feedback",
    ]  # fmt: skip


async def test_busy_service_is_asked_again() -> None:
    fake = FakeServices(busy=2)
    under_way = player(fake)
    await run(under_way)
    assert under_way.calls.repeats == 2


@pytest.mark.parametrize(
    ("fake", "words"),
    [
        (FakeServices(accepts_copies=True), "copies were sent"),
        (FakeServices(rejects_first=True), "were refused"),
        (FakeServices(training_ends="failed"), "training failed: folds"),
        (FakeServices(training_ends="running"), "not done after"),
    ],
)
async def test_wrong_answers_stop_the_play(fake: FakeServices, words: str) -> None:
    with pytest.raises(DemoFailed, match=words):
        await run(player(fake, replace(SPEC, customers=80)))


async def test_resumed_play_may_find_everything_known() -> None:
    fake = FakeServices()
    await run(player(fake))
    again = player(fake)
    again.is_resumed = True
    summary = await run(again)
    assert summary.receipts == 0


@pytest.mark.parametrize("stands", ["", "draft", "publishing", "in force"])
async def test_the_coffee_club_is_published_once_wherever_the_last_start_left_it(
    stands: str,
) -> None:
    fake = FakeServices(coffee=stands)
    await player(fake).publish()
    assert fake.coffee == ("in force" if stands == "in force" else "publishing")
    assert fake.calls["jobs"] == (0 if stands == "in force" else 3)


async def test_refusal_names_the_request_and_the_status() -> None:
    fake = FakeServices()
    calls = Calls(fake.client(), KEY)
    with pytest.raises(DemoFailed, match="GET http://ingest/v1/nowhere answered 404"):
        await calls.send("GET", "http://ingest/v1/nowhere")


async def test_service_that_never_answers_is_named() -> None:

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    calls = Calls(httpx.AsyncClient(transport=httpx.MockTransport(refuse)), KEY, 0.001)
    with pytest.raises(DemoFailed, match="ConnectError after 6 attempts"):
        await calls.send("POST", "http://ingest/v1/receipts", {})


async def test_play_takes_addresses_and_its_own_bar() -> None:
    fake, shown = FakeServices(polls=2), Console(file=io.StringIO(), width=80)
    summary = await play(
        ingest_url="http://ingest",
        scoring_url="http://scoring",
        feedback_url="http://feedback",
        key=KEY,
        now=SPEC.now,
        customers=40,
        seed=3,
        progress=Progress(console=shown, disable=True),
        client=fake.client(),
    )
    assert summary.customers == 40
    assert isinstance(shown.file, io.StringIO)
    assert "demo shop" in shown.file.getvalue()
    assert set(summary.seconds) == {
        "stores", "customers", "receipts and events", "training", "coffee club", "feedback",
        "survey and care",
    }  # fmt: skip


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_batches_keep_the_order_of_each_stream(size: int) -> None:
    made = [Delivery(n, [Stream.RECEIPT, Stream.EVENT][n % 3 == 0], {"n": n}) for n in range(50)]
    cut = list(batches(made, size))
    assert all(len(batch.items) <= size for batch in cut)
    for stream in Stream:
        items = [item for batch in cut if batch.stream is stream for item in batch.items]
        assert items == [delivery.body for delivery in made if delivery.stream is stream]


async def test_drain_does_each_thing_once() -> None:
    done: list[int] = []

    async def act(item: int) -> None:
        done.append(item)

    await drain(range(10), act, workers=3)
    assert sorted(done) == list(range(10))


@pytest.mark.parametrize("answer", [(8, 1), (10, 1)])
def test_answer_that_does_not_add_up_is_refused(answer: tuple[int, int]) -> None:
    accepted, duplicates = answer
    body = {"accepted": accepted, "duplicates": duplicates, "conflicts": [], "rejected": []}
    with pytest.raises(DemoFailed, match="10 events sent"):
        Tally("event").add(10, body)


def test_summary_and_bar_can_be_shown() -> None:
    summary = PlaySummary(7, 2000, 41_000, 420, 14_000, 470, 54, "2026-11-22-1", {"training": 2.0})
    console = Console(file=io.StringIO(), width=80)
    print_summary(summary, console)
    with demo_progress() as bar:
        bar.add_task("Customers", total=1, note="")
    assert isinstance(console.file, io.StringIO)
    assert "41,000" in console.file.getvalue()

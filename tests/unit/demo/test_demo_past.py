"""The demo shop lives through its nights in order, each once, and knows nothing of later days."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from deploy.demo.calls import DemoFailed
from deploy.demo.past import Past
from deploy.demo.play import run
from deploy.demo.shop import generate
from deploy.demo.windows import APART_DAYS, NIGHTS, nights_of, windows
from tests.unit.demo.fake_services import FakeServices
from tests.unit.demo.test_demo_play import SPEC, player

ENDS = nights_of(SPEC.now, ZoneInfo("Asia/Shanghai"))
MADE = len([each for each in generate(SPEC) if not each.is_repeat and each.stream != "feedback"])


class Killed(Exception):
    """The runner has died."""


@dataclass(slots=True)
class Runner:
    """Notes what it is asked to do, and how much was known at each night."""

    fake: FakeServices
    dies_at: int = 0
    lived: list[datetime] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    over: list[int] = field(default_factory=list)
    asked: list[datetime] = field(default_factory=list)
    said_before_today: int = -1

    async def work(self, at: datetime) -> None:
        if self.dies_at and at == ENDS[self.dies_at - 1]:
            raise Killed
        if at not in self.lived:
            self.lived.append(at)
            self.known.append(len(self.fake.known))

    @asynccontextmanager
    async def asking(self, at: datetime) -> AsyncIterator[None]:
        self.asked.append(at)
        yield

    async def wake(self) -> None:
        self.said_before_today = len(self.fake.feedback)

    def past(self, over: int = 0) -> Past:
        return Past(
            ENDS,
            work=self.work,
            asking=self.asking,
            note=self.over.append,
            wake=self.wake,
            over=over,
            again_s=0.005,
        )


async def test_each_night_is_lived_once_with_more_known_than_the_one_before() -> None:
    fake = FakeServices()
    runner = Runner(fake)
    await run(player(fake), runner.past())
    assert runner.lived == ENDS
    assert runner.over == list(range(1, NIGHTS + 1))
    assert runner.known == sorted(set(runner.known))
    assert 0 < runner.known[0] < runner.known[-1] <= len(fake.known) == MADE


async def test_the_past_leaves_the_same_shop_as_a_play_in_one_go() -> None:
    lived, at_once = FakeServices(), FakeServices()
    summary, other = (
        await run(player(lived), Runner(lived).past()),
        await run(player(at_once)),
    )
    assert lived.known == at_once.known
    assert lived.calls["customers"] == at_once.calls["customers"] == SPEC.customers
    assert (summary.receipts, summary.receipt_duplicates, summary.feedback) == (
        other.receipts,
        other.receipt_duplicates,
        other.feedback,
    )


async def test_the_first_night_makes_the_model_and_the_programme_and_today_comes_last() -> None:
    fake = FakeServices()
    runner = Runner(fake)
    await run(player(fake), runner.past())
    assert (fake.calls["models"], fake.coffee, runner.asked) == (1, "publishing", ENDS[:1])
    assert fake.order.index("models") < fake.order.index("receipts", fake.order.index("models"))
    assert runner.said_before_today == 0 < len(fake.feedback)


@pytest.mark.parametrize("night", [1, 2, NIGHTS])
async def test_a_killed_play_goes_on_with_the_night_it_was_in(night: int) -> None:
    fake = FakeServices()
    first = Runner(fake, dies_at=night)
    with pytest.raises(Killed):
        await run(player(fake), first.past())
    again, second = player(fake), Runner(fake)
    again.is_resumed = True
    summary = await run(again, second.past(over=len(first.over)))
    assert first.lived + second.lived == ENDS
    assert len(fake.known) == MADE
    assert summary.feedback == len(fake.feedback)
    assert {each["feedback_id"] for each in fake.feedback} == {
        each.body["feedback_id"] for each in generate(SPEC) if each.stream == "feedback"
    }


async def test_a_play_whose_nights_are_over_only_lives_today() -> None:
    fake = FakeServices()
    await run(player(fake), Runner(fake).past())
    again, runner = player(fake), Runner(fake)
    again.is_resumed = True
    await run(again, runner.past(over=NIGHTS))
    assert runner.lived == []
    assert runner.said_before_today >= 0


async def test_a_night_whose_jobs_are_not_done_is_worked_again() -> None:
    fake = FakeServices(polls=-40)
    runner, nights = Runner(fake), list[datetime]()

    async def work(at: datetime) -> None:
        nights.append(at)

    await run(player(fake), replace(runner.past(), work=work))
    assert nights.count(ENDS[0]) > 1
    assert nights[-1] == ENDS[-1]


async def test_a_training_that_fails_stops_the_past() -> None:
    fake = FakeServices(training_ends="failed")
    runner = Runner(fake)
    with pytest.raises(DemoFailed, match="training failed"):
        await run(player(fake), runner.past())
    assert runner.over == []


def test_tiers_of_thirty_days_before_yesterday_are_known_and_nights_are_a_week_apart() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    yesterday = SPEC.now.astimezone(zone).date() - timedelta(days=1)
    dates = [night.astimezone(zone).date() for night in ENDS]
    assert dates[0] <= yesterday - timedelta(days=30)
    assert dates[-1] == yesterday
    assert {b - a for a, b in pairwise(dates)} == {timedelta(days=APART_DAYS)}


def test_without_nights_the_window_is_the_whole_history() -> None:
    (whole,) = windows(SPEC, [])
    assert (whole.since, whole.until) == (0, SPEC.now_s + 1)

"""Web hooks out: at least once, in order a customer, also past a sender that dies."""

import asyncio
import json
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from services.scoring.usecases.webhooks.courier import Courier
from services.scoring.usecases.webhooks.post_room import LEASE, PostRoom
from tests.post_rooms import SECRETS, Post, number_of, opened_post
from tests.receivers import Manner, Message, Receiver, receiving


@pytest.fixture
async def post(database_url: str) -> AsyncIterator[Post]:
    async with opened_post(database_url) as opened:
        yield opened


def assert_in_order(receiver: Receiver, customers: int, each: int) -> None:
    """Everything arrived; what arrived for the first time came in the order it was announced."""
    seen: dict[str, list[int]] = defaultdict(list)
    sequences: dict[str, list[int]] = defaultdict(list)
    bodies: dict[str, bytes] = {}
    for message in receiver.messages:
        assert bodies.setdefault(message.message_id, message.body) == message.body
        if message.manner == "take":
            told = json.loads(message.body)
            customer = told["data"]["customer_id"]
            if number_of(message) not in seen[customer]:
                seen[customer].append(number_of(message))
                sequences[customer].append(told["sequence"])
    assert len(seen) == customers
    assert all(numbers == list(range(each)) for numbers in seen.values())
    assert all(numbers == sorted(numbers) for numbers in sequences.values())


async def test_everything_arrives_in_order_at_a_receiver_that_often_fails(post: Post) -> None:
    draw = random.Random(7)
    faults: tuple[Manner, ...] = ("fail", "hang", "redirect", "reset")

    def choose(_: Message) -> Manner:
        return draw.choice(faults) if draw.random() < 0.3 else "take"

    async with receiving(choose) as receiver:
        await post.listen(receiver.url)
        for number in range(10):
            for customer in range(1, 9):
                await post.say(customer, number=number)
        await post.all_rounds()
        assert {message.manner for message in receiver.messages} == {"take", *faults}
        assert set(await post.states()) == {"delivered"}
        assert_in_order(receiver, customers=8, each=10)


async def test_later_one_waits_until_the_earlier_is_given_up_at_the_promised_times(
    post: Post,
) -> None:
    async with receiving(lambda m: "fail" if number_of(m) == 0 else "take") as receiver:
        await post.listen(receiver.url)
        began = post.clock.now()
        post.room.jitter = lambda: 0.0
        for number in range(2):
            await post.say(1, number=number)
        await post.say(2, number=9)
        await post.round()
        assert [number_of(m) for m in receiver.taken] == [9]  # others do not wait
        await post.all_rounds()
        assert [number_of(m) for m in receiver.taken] == [9, 1]
        tries = await post.pool.fetchval(
            "SELECT tries FROM webhook_deliveries WHERE status = 'given_up'"
        )
    times = [(datetime.fromisoformat(each["at"]) - began).total_seconds() for each in tries]
    waits = [5, 300, 1800, 7200, 18_000, 36_000, 36_000]
    assert times == [sum(waits[:tried]) for tried in range(8)]
    assert {each["status"] for each in tries} == {500}


async def test_slow_endpoint_keeps_no_other_waiting(post: Post) -> None:
    async with receiving(lambda _: "hang") as slow, receiving() as quick:
        post.room.courier = Courier(allows_private=True, clock=post.clock, total_s=30)
        await post.listen(slow.url)
        await post.listen(quick.url)
        await post.say(number=0)
        await post.room.spread()
        await post.room.deliver()
        while "delivered" not in await post.states():
            await asyncio.sleep(0.01)
        assert sorted(await post.states()) == ["delivered", "pending"]
        await post.room.close()


async def test_replay_sends_the_same_message_under_the_same_id(post: Post) -> None:
    async with receiving() as receiver:
        endpoint_id = await post.listen(receiver.url)
        await post.say(number=0)
        await post.round()
        ((delivery,), _) = await post.board.log(endpoint_id, None, None, 10)
        again = await post.board.replay(endpoint_id, delivery.delivery_id, "ann")
        assert again.status == "pending"
        await post.round()
        first, second = receiver.taken
        assert (first.message_id, first.body) == (second.message_id, second.body)
        ((logged,), _) = await post.board.log(endpoint_id, None, None, 10)
        assert (logged.status, len(logged.tries)) == ("delivered", 2)


async def test_replay_since_brings_what_was_announced_before_an_endpoint_listened(
    post: Post,
) -> None:
    async with receiving() as receiver:
        await post.say(number=0)
        await post.round()
        endpoint_id = await post.listen(receiver.url)
        await post.say(number=1)
        await post.round()
        assert [number_of(m) for m in receiver.taken] == [1]
        since = datetime.now(UTC) - timedelta(hours=1)
        assert (await post.board.replay_since(endpoint_id, since, "ann")).replayed == 2
        await post.round()
        assert [number_of(m) for m in receiver.taken] == [1, 0, 1]


async def test_two_workers_send_each_message_once_and_in_order(post: Post) -> None:
    other = PostRoom(post.pool, post.room.courier, SECRETS)
    async with receiving() as receiver:
        await post.listen(receiver.url)
        for number in range(5):
            for customer in range(1, 9):
                await post.say(customer, number=number)
        while set(await post.states()) != {"delivered"}:
            await asyncio.gather(*(each.spread() for each in (post.room, other)))
            await asyncio.gather(*(each.deliver() for each in (post.room, other)))
            await asyncio.gather(*(each.finish() for each in (post.room, other)))
        assert len(receiver.messages) == 40
        assert_in_order(receiver, customers=8, each=5)


async def test_message_of_a_worker_that_died_is_sent_when_its_lease_is_over(post: Post) -> None:
    manners: list[Manner] = ["hang"]
    async with receiving(lambda _: manners[0]) as receiver:
        post.room.courier = Courier(allows_private=True, clock=post.clock, total_s=30)
        await post.listen(receiver.url)
        await post.say(number=0)
        await post.room.spread()
        await post.room.deliver()
        while not receiver.messages:
            await asyncio.sleep(0.01)
        await post.room.close()
        manners[0] = "take"
        later = PostRoom(post.pool, post.room.courier, SECRETS)
        await later.deliver()
        await later.finish()
        assert receiver.taken == []
        post.clock.instant += LEASE
        await later.deliver()
        await later.finish()
        assert len(receiver.taken) == 1

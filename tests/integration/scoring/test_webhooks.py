"""Web hooks out: at least once, in order a customer, signed, and never for ever."""

import asyncio
import json
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from standardwebhooks import Webhook

from services.scoring.domain.announcement import Announcement, Kind
from services.scoring.domain.webhooks.records import Wish
from services.scoring.queries.announcements import announce
from services.scoring.usecases.idempotently import Asked
from services.scoring.usecases.webhooks.courier import Courier
from services.scoring.usecases.webhooks.post_room import LEASE, PostRoom
from services.scoring.usecases.webhooks.switchboard import Switchboard
from shared.keys import Caller
from shared.secrets import Secrets
from shared.wire import WireModel
from tests.fakes import FakeClock
from tests.receivers import Manner, Message, Receiver, receiving
from tests.servers import SECRET_KEY
from tests.trained import raw_pool

SECRETS = Secrets.from_hex(SECRET_KEY)
CALLER = Caller(UUID(int=1), "tests", frozenset({"admin"}), "till")
POINTS = {"programme": "coffee", "points": 1}
#: When the next message may go: of one customer only the first that is open.
FIRST_DUE = """
SELECT min(due_at) FROM (
    SELECT DISTINCT ON (endpoint_id, profile_id) due_at FROM webhook_deliveries
    WHERE status = 'pending' ORDER BY endpoint_id, profile_id, number) heads
"""


class Nothing(WireModel):
    """A body that says nothing."""


@dataclass(slots=True)
class Post:
    """A shop with programmes and customers, its post room, and a clock to set."""

    pool: asyncpg.Pool
    clock: FakeClock
    room: PostRoom
    board: Switchboard

    async def listen(self, url: str, *programmes: str, kinds: tuple[str, ...] = ()) -> UUID:
        wish = Wish(url, kinds or tuple(Kind), programmes, "")
        answer = await self.board.register(
            wish, Asked(CALLER, "POST /v1/webhooks", Nothing(), None)
        )
        return UUID(answer.body["webhook_id"])

    async def secret(self, endpoint_id: UUID) -> str:
        asked = Asked(CALLER, "rotate", Nothing(), None)
        return str((await self.board.rotate(endpoint_id, asked)).body["secret"])

    async def say(self, customer: int = 1, kind: Kind = Kind.POINTS_EARNED, **body: object) -> None:
        said = Announcement(UUID(int=customer), kind, {**POINTS, **body}, self.clock.now())
        async with self.pool.acquire() as connection:
            await announce(connection, [said])

    async def round(self) -> None:
        """Spread, and send everything that is due now."""
        await self.room.spread()
        for _ in range(500):
            await self.room.deliver()
            await self.room.finish()
            due = await self.pool.fetchval(FIRST_DUE)
            if due is None or due > self.clock.now():
                return

    async def all_rounds(self) -> None:
        """Let time pass until nothing is open."""
        await self.round()
        while due := await self.pool.fetchval(FIRST_DUE):
            self.clock.instant = max(due, self.clock.instant)
            await self.round()

    async def states(self) -> list[str]:
        rows = await self.pool.fetch("SELECT status FROM webhook_deliveries ORDER BY number")
        return [row[0] for row in rows]


@pytest.fixture
async def post(database_url: str) -> AsyncIterator[Post]:
    async with raw_pool(database_url) as pool:
        await pool.execute(
            "INSERT INTO programmes (programme_key, audience, created_at) VALUES"
            " ('coffee', 'customer_facing', now()), ('value', 'internal', now())"
        )
        await pool.execute(
            "INSERT INTO customers (profile_id, customer_id, version, created_at, updated_at)"
            " SELECT lpad(to_hex(n), 32, '0')::uuid, 'c-' || n, 1, now(), now()"
            " FROM generate_series(1, 20) n"
        )
        clock = FakeClock(datetime.now(UTC))
        courier = Courier(allows_private=True, clock=clock, total_s=0.2)
        room = PostRoom(pool, courier, SECRETS)
        yield Post(pool, clock, room, Switchboard(pool, SECRETS, courier))
        await room.close()


def number_of(message: Message) -> int:
    return int(json.loads(message.body)["data"]["number"])


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
        for _ in range(2):
            await post.room.deliver()
            while not quick.taken:
                await asyncio.sleep(0.01)
        assert sorted(await post.states()) == ["delivered", "pending"]
        await post.room.close()


async def test_endpoint_that_fails_for_five_days_is_disabled_with_a_notice(post: Post) -> None:
    manners: list[Manner] = ["fail"]
    async with receiving(lambda _: manners[0]) as receiver:
        endpoint_id = await post.listen(receiver.url)
        for day in range(6):
            await post.say(number=day)
            await post.round()
            post.clock.advance(days=1)
        found = await post.board.one(endpoint_id)
        assert (found.is_active, found.disabled_reason) == (False, "failing_for_5_days")
        note = await post.pool.fetchrow("SELECT * FROM audit_log WHERE action LIKE '%disabled'")
        assert note["subject"] == str(endpoint_id)
        before = len(receiver.messages)
        await post.round()
        assert len(receiver.messages) == before
        manners[0] = "take"
        await post.board.change(endpoint_id, found.wish, "tests", is_active=True)
        await post.all_rounds()
        assert (await post.board.one(endpoint_id)).failing_since is None
        assert number_of(receiver.taken[-1]) == 5


async def test_endpoint_that_is_gone_is_disabled_at_once(post: Post) -> None:
    async with receiving(lambda _: "gone") as receiver:
        endpoint_id = await post.listen(receiver.url)
        await post.say(number=0)
        await post.round()
        assert (await post.board.one(endpoint_id)).disabled_reason == "gone"
        assert await post.states() == ["pending"]


async def test_both_secrets_sign_for_a_day_after_a_rotation(post: Post) -> None:
    async with receiving() as receiver:
        endpoint_id = await post.listen(receiver.url)
        old = await post.secret(endpoint_id)
        new = await post.secret(endpoint_id)
        await post.say(number=0)
        await post.round()
        for secret in (old, new):
            Webhook(secret).verify(receiver.taken[0].body, receiver.taken[0].headers)
        post.clock.advance(hours=24, seconds=1)
        await post.say(number=1)
        await post.round()
        headers = receiver.taken[1].headers
        sent_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        body = receiver.taken[1].body.decode()
        expected = Webhook(new).sign(headers["webhook-id"], sent_at, body)
        assert headers["webhook-signature"] == expected


async def test_replay_sends_the_same_message_under_the_same_id(post: Post) -> None:
    async with receiving() as receiver:
        endpoint_id = await post.listen(receiver.url)
        await post.say(number=0)
        await post.round()
        ((delivery,), _) = await post.board.log(endpoint_id, None, None, 10)
        again = await post.board.replay(endpoint_id, delivery.delivery_id)
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
        assert (await post.board.replay_since(endpoint_id, since)).replayed == 2
        await post.round()
        assert [number_of(m) for m in receiver.taken] == [1, 0, 1]


@pytest.mark.parametrize(
    ("programmes", "kinds", "arrived"),
    [
        ((), (), {"points.earned", "segment.entered"}),
        (("value",), (), {"tier.changed", "segment.entered"}),
        (("value", "coffee"), (), {"points.earned", "tier.changed", "segment.entered"}),
        ((), ("segment.entered",), {"segment.entered"}),
    ],
)
async def test_endpoint_hears_of_what_it_asked_for_and_of_internal_programmes_by_name_only(
    post: Post, programmes: tuple[str, ...], kinds: tuple[str, ...], arrived: set[str]
) -> None:
    async with receiving() as receiver:
        await post.listen(receiver.url, *programmes, kinds=kinds)
        await post.say(number=0)
        await post.say(kind=Kind.TIER_CHANGED, programme="value")
        await post.say(kind=Kind.SEGMENT_ENTERED, programme=None)
        await post.round()
        assert {json.loads(message.body)["type"] for message in receiver.taken} == arrived


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


async def test_ping_says_what_came_of_it(post: Post) -> None:
    async with receiving() as receiver:
        endpoint_id = await post.listen(receiver.url)
        assert (await post.board.ping(endpoint_id)).is_success
        secret = await post.secret(endpoint_id)
        await post.board.ping(endpoint_id)
        message = receiver.taken[1]
        assert Webhook(secret).verify(message.body, message.headers)["type"] == "webhook.ping"
    assert (await post.board.ping(endpoint_id)).error == "connection_failed"


async def test_old_announcements_and_their_log_go_after_30_days(post: Post) -> None:
    async with receiving() as receiver:
        await post.listen(receiver.url)
        await post.say(number=0)
        await post.round()
        await post.room.purge()
        assert len(await post.states()) == 1
        post.clock.advance(days=31)
        await post.room.purge()
        assert await post.states() == []
        assert await post.pool.fetchval("SELECT count(*) FROM announcements") == 0

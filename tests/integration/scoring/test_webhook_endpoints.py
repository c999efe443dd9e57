"""An endpoint hears of what it asked for, signed, for as long as it takes it."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from services.scoring.domain.announcement import Kind
from tests.post_rooms import Post, number_of, opened_post
from tests.receivers import Manner, receiving


@pytest.fixture
async def post(database_url: str) -> AsyncIterator[Post]:
    async with opened_post(database_url) as opened:
        yield opened


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

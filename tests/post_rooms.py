"""A post room with endpoints to send to, customers to speak of, and a clock to set."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from services.scoring.domain.announcement import Announcement, Kind
from services.scoring.domain.webhooks.records import Wish
from services.scoring.queries.telling.announcements import announce
from services.scoring.usecases.webhooks.courier import Courier
from services.scoring.usecases.webhooks.post_room import PostRoom
from services.scoring.usecases.webhooks.switchboard import Switchboard
from shared.idempotency import Asked
from shared.keys import Caller
from shared.secrets import Secrets
from shared.wire import WireModel
from tests.fakes import FakeClock
from tests.receivers import Message
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


@asynccontextmanager
async def opened_post(database_url: str) -> AsyncIterator[Post]:
    """Open a post room on an empty database."""
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

"""Made-up people with everything conditions ask about, written as the services leave it."""

import json
import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from shared.ids import short_key

TODAY: Final = date(2026, 11, 21)
NOW: Final = datetime.combine(TODAY, time(12), tzinfo=UTC)
REGIONS: Final = ("east", "west", "Ost", "東", "")
CHANNELS: Final = ("store", "web")
STORES: Final = ("S1", "S2")
CATEGORIES: Final = ("coffee", "tea", "gift")
SKUS: Final = ("A", "B", "C")
EVENTS: Final = ("wishlist_added", "membership_paid")
TIERS: Final = ("high", "mid", "low")
COUNTERS: Final = (
    "net_booked", "cost", "orders", "quantity_milli", "returns", "views", "carts", "searches",
    "checkouts", "social", "referrals", "feedback", "complaints",
)  # fmt: skip


class People:
    """Draws people from a seed and writes them."""

    def __init__(self, connection: asyncpg.Connection, seed: int) -> None:
        self.draw = random.Random(seed)
        self.connection = connection
        self.sequence = 0

    async def write(self, count: int) -> list[UUID]:
        """Write so many people, every seventh of them merged into the one before."""
        await self._release()
        everybody = [UUID(int=self.draw.getrandbits(100) << 20 | n) for n in range(count)]
        for place, profile_id in enumerate(everybody):
            winner = everybody[place - 1] if place % 7 == 6 else None
            await self._person(place, profile_id, winner)
        await self.connection.execute("ANALYZE")
        return [each for place, each in enumerate(everybody) if place % 7 != 6]

    async def _release(self) -> None:
        await self.connection.execute(
            """
            INSERT INTO programmes (programme_key, audience, is_default, created_at)
            VALUES ('value', 'internal', true, now()) ON CONFLICT DO NOTHING;
            INSERT INTO live_releases (programme_key, release_id, flipped_at)
            VALUES ('value', 1, now()) ON CONFLICT DO NOTHING;
            """
        )

    async def _person(self, place: int, profile_id: UUID, winner: UUID | None) -> None:
        await self.connection.execute(
            """
            INSERT INTO customers (profile_id, customer_id, version, merged_into, attributes,
                created_at, updated_at) VALUES ($1, $2, $3, $4, $5, now(), now())
            """,
            profile_id,
            f"p-{place}",
            self.draw.randint(1, 9),
            winner,
            json.dumps(self._attributes()).encode(),
        )
        for _ in range(self.draw.randint(0, 4)):
            await self._event(profile_id)
        await self._consents(profile_id)
        if winner is None:
            await self._days(profile_id)
            await self._tier(profile_id)

    def _attributes(self) -> dict[str, Any]:
        draw = self.draw
        known: dict[str, Any] = {
            "geography": draw.choice([{"region": draw.choice(REGIONS)}, {}, None, "east"]),
            "demography": {"birth_year": draw.choice([1970, 1990, 1990.5, "1990", True])},
            "tags": draw.sample(["vip", "late", 3, True], draw.randint(0, 3)),
            "newsletter": draw.choice([True, False, None, 1]),
        }
        return {name: value for name, value in known.items() if draw.random() < 0.8}

    async def _event(self, profile_id: UUID) -> None:
        self.sequence += 1
        day = TODAY - timedelta(days=self.draw.choice((-1, 0, 3, 29, 30, 200)))
        await self.connection.execute(
            """
            INSERT INTO events (profile_id, sequence, source_id, kind, event_key, business_date,
                occurred_at, effective_at, received_at, body)
            VALUES ($1, $2, 't', $3, $4, $5, now(), now(), now(), '{}')
            """,
            profile_id,
            self.sequence,
            self.draw.choice(EVENTS),
            short_key("event", str(self.sequence)),
            day,
        )

    async def _consents(self, profile_id: UUID) -> None:
        for purpose in ("service", "personalisation", "marketing"):
            if self.draw.random() < 0.5:
                self.sequence += 1
                at = NOW - timedelta(hours=self.draw.randint(0, 99))
                await self.connection.execute(
                    "INSERT INTO consents VALUES ($1, $2, $3, $4, 1, $5)",
                    profile_id,
                    purpose,
                    self.sequence,
                    self.draw.random() < 0.5,
                    at,
                )

    async def _days(self, profile_id: UUID) -> None:
        ages = {self.draw.choice((-2, 0, 1, 6, 7, 29, 30, 59, 60, 100, 364, 365, 500))
                for _ in range(self.draw.randint(0, 8))}  # fmt: skip
        for age in sorted(ages):
            orders = self.draw.randint(0, 2)
            counts = {name: self.draw.randint(0, 3) for name in COUNTERS}
            counts |= {"orders": orders, "net_booked": self.draw.randint(-500, 2000)}
            columns = ", ".join(counts)
            places = ", ".join(f"${n + 3}" for n in range(len(counts)))
            day = TODAY - timedelta(days=age)
            await self.connection.execute(
                f"INSERT INTO customer_day (profile_id, business_date, {columns})"
                f" VALUES ($1, $2, {places})",
                profile_id,
                day,
                *counts.values(),
            )
            for _ in range(orders):
                await self._order(profile_id, day)

    async def _order(self, profile_id: UUID, day: date) -> None:
        self.sequence += 1
        key = short_key("order", str(self.sequence))
        await self.connection.execute(
            """
            INSERT INTO orders (profile_id, order_key, sequence, effective_at, business_date,
                store_id, channel, is_void) VALUES ($1, $2, $3, now(), $4, $5, $6, $7)
            """,
            profile_id,
            key,
            self.sequence,
            day,
            self.draw.choice((*STORES, None)),
            self.draw.choice(CHANNELS),
            self.draw.random() < 0.1,
        )
        for line in range(self.draw.randint(0, 2)):
            await self.connection.execute(
                "INSERT INTO order_lines (profile_id, order_key, line, sku, category)"
                " VALUES ($1, $2, $3, $4, $5)",
                profile_id,
                key,
                line,
                self.draw.choice(SKUS),
                self.draw.choice((*CATEGORIES, None)),
            )

    async def _tier(self, profile_id: UUID) -> None:
        await self.connection.execute(
            """
            INSERT INTO tier_current (profile_id, programme_key, release_id, decided_version,
                business_date, decided_at, next_change_at, rank, tier_key, since, lifecycle, score,
                answer)
            SELECT profile_id, 'value', 1, version, $2, $3, $3::timestamptz + interval '1 day', 1,
                $4, $5, 'active', $6, '{}' FROM customers WHERE profile_id = $1
            """,
            profile_id,
            TODAY,
            NOW,
            self.draw.choice(TIERS),
            NOW - timedelta(days=self.draw.randint(0, 60)),
            self.draw.choice((None, 0.0, 0.5, 1.0, 2.25)),
        )

"""A shop made up for KPIs: days of customers, what they were told of their tiers, programmes."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

import asyncpg

NAMES = UUID(int=7)
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
TIERS: Mapping[str, tuple[str, ...]] = {
    "value": ("high", "mid", "low"),
    "coffee": ("regular", "silver", "gold"),
}
TABLES = (
    "customer_day", "customers", "identifiers", "tier_history", "live_releases", "releases",
    "programme_versions", "programmes", "shop", "kpi_daily", "kpi_days", "kpi_targets",
    "feedback", "cases", "interactions", "tasks", "survey_invitations", "offer_responses",
    "benefit_usage",
)  # fmt: skip


def person(number: int) -> UUID:
    return UUID(int=number + 1)


@dataclass(frozen=True, slots=True)
class Day:
    """What a customer did on a date, as ingest keeps it."""

    customer: int
    day: date
    orders: int = 1
    net: int = 1000
    sales: int | None = None
    cost: int = 400
    referrals: int = 0


@dataclass(slots=True)
class KpiShop:
    """Writes to one connection."""

    connection: asyncpg.Connection
    told: int = field(default=0)

    async def open(self, customers: int, keys: Iterable[str] = TIERS) -> None:
        """Empty everything, and begin with customers and programmes in force."""
        for table in TABLES:
            await self.connection.execute(f"DELETE FROM {table}")
        await self.connection.execute("INSERT INTO shop VALUES (true, 'CNY', $1)", NOW)
        await self.connection.executemany(
            "INSERT INTO customers (profile_id, customer_id, created_at, updated_at)"
            " VALUES ($1, $2, $3, $3)",
            [(person(n), f"c-{n}", NOW) for n in range(customers)],
        )
        await self.connection.executemany(
            "INSERT INTO identifiers (kind, lookup_key, profile_id, linked_at)"
            " VALUES ('customer_id', $2, $1, $3)",
            [(person(n), f"c-{n}".encode(), NOW) for n in range(customers)],
        )
        for number, key in enumerate(keys):
            await self._publish(key, number)

    async def _publish(self, key: str, number: int) -> None:
        kind = "value" if key == "value" else "status"
        document = {
            "kind": kind,
            "tiers": [{"key": tier} for tier in TIERS[key]],
            "benefits": [{"key": "drink", "cost": {"amount": "3.50"}}],
        }
        await self.connection.execute(
            "INSERT INTO programmes VALUES ($1, 'internal', $2, $3)", key, key == "value", NOW
        )
        await self.connection.execute(
            "INSERT INTO programme_versions (programme_key, version, status, document, created_at)"
            " VALUES ($1, 1, 'published', $2::text::jsonb, $3)",
            key,
            json.dumps(document),
            NOW,
        )
        await self.connection.execute(
            "INSERT INTO releases (release_id, programme_key, programme_version, reference_date,"
            " status, created_at) VALUES ($1, $2, 1, $3, 'live', $4)",
            number,
            key,
            TODAY,
            NOW,
        )
        await self.connection.execute(
            "INSERT INTO live_releases (programme_key, release_id, flipped_at) VALUES ($1, $2, $3)",
            key,
            number,
            NOW,
        )

    async def add(self, days: Iterable[Day]) -> None:
        """Add to the days of customers, as folding an event does."""
        await self.connection.executemany(
            "INSERT INTO customer_day AS d (profile_id, business_date, orders, net_booked,"
            " sales_net, cost, referrals) VALUES ($1, $2, $3, $4, $5, $6, $7)"
            " ON CONFLICT (profile_id, business_date) DO UPDATE"
            " SET orders = d.orders + excluded.orders,"
            " net_booked = d.net_booked + excluded.net_booked,"
            " sales_net = d.sales_net + excluded.sales_net, cost = d.cost + excluded.cost,"
            " referrals = d.referrals + excluded.referrals",
            [
                (
                    person(each.customer),
                    each.day,
                    each.orders,
                    each.net,
                    each.net if each.sales is None else each.sales,
                    each.cost,
                    each.referrals,
                )
                for each in days
            ],
        )

    async def merge(self, loser: int, winner: int) -> None:
        """Fold the days of one customer into another's."""
        await self.connection.execute(
            "UPDATE customers SET merged_into = $2 WHERE profile_id = $1 OR merged_into = $1",
            person(loser),
            person(winner),
        )
        rows = await self.connection.fetch(
            "DELETE FROM customer_day WHERE profile_id = $1"
            " RETURNING business_date, orders, net_booked, sales_net, cost, referrals",
            person(loser),
        )
        await self.add(Day(winner, *row) for row in rows)

    async def serve(self, customer: int, days: int, cost: int) -> None:
        """Call somebody, for a cost."""
        self.told += 1
        name = uuid5(NAMES, f"call {self.told}")
        await self.connection.execute(
            "INSERT INTO interactions (customer_id, interaction_id, event_key, fingerprint, kind,"
            " direction, channel, cost, currency, at, received_at)"
            " VALUES ($1, $2, $3, '', 'call', 'out', 'phone', $4, 'CNY', $5, $5)",
            f"c-{customer}",
            name,
            name.bytes,
            cost,
            noon(ago(days)),
        )

    async def erase(self, customer: int, at: datetime) -> None:
        """Forget who somebody is: what they bought stays as counts."""
        await self.connection.execute(
            "UPDATE customers SET customer_id = NULL, erased_at = $2 WHERE profile_id = $1",
            person(customer),
            at,
        )
        await self.connection.execute(
            "DELETE FROM identifiers WHERE profile_id = $1", person(customer)
        )

    async def tell(self, customer: int, programme: str, tier: str, at: datetime) -> None:
        """Tell a customer's tier, as scoring notes it."""
        self.told += 1
        await self.connection.execute(
            "INSERT INTO tier_history (profile_id, history_id, programme_key, release_id,"
            " customer_version, business_instant, decided_at, tier_to, reason)"
            " VALUES ($1, $2, $3, 0, 1, $4, $4, $5, 'moved')",
            person(customer),
            uuid5(NAMES, str(self.told)),
            programme,
            at,
            tier,
        )


def noon(day: date) -> datetime:
    """Give noon in Shanghai."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)

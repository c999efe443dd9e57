"""Cap customers who buy faster than people do, until somebody has looked at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.domain.controls import StoredControl
from services.scoring.domain.velocity import ACTOR, Burst, VelocityRule, pin_id_of, read_velocity
from services.scoring.queries.people import controls
from services.scoring.queries.people.bursts import bursts_among
from services.scoring.queries.rewards.benefits import lock_customer
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.releases.catalog import Catalog
from shared.audit import Note, note

#: Older days are history that came late, such as an import: nobody farms in it.
LOOKED_BACK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Cap:
    """One burst, and the pin that follows from it."""

    programme: str
    rule: VelocityRule
    burst: Burst
    now: datetime

    @property
    def pin_id(self) -> UUID:
        return pin_id_of(self.programme, self.burst)

    def pin(self, version: int) -> StoredControl:
        return StoredControl(
            control_id=self.pin_id,
            programme_key=self.programme,
            word="ceiling",
            tier_key=self.rule.base_tier,
            reason=self.burst.reason(self.rule),
            actor=ACTOR,
            control_version=version,
            starts_at=self.now,
            ends_at=None,
            created_at=self.now,
            ended_at=None,
            ended_control_version=None,
        )

    def details(self, version: int) -> dict[str, object]:
        return {
            "control_id": str(self.pin_id),
            "programme": self.programme,
            "tier": self.rule.base_tier,
            "word": "ceiling",
            "control_version": version,
            "orders": self.burst.orders,
            "day": self.burst.day.isoformat(),
        }


class VelocityGuard:
    """Looks at changed customers before they are decided."""

    __slots__ = ("_catalog", "_day", "_pool")

    def __init__(self, pool: asyncpg.Pool, catalog: Catalog, day: BusinessDay) -> None:
        """Take the database, what is known of programmes, and the business day."""
        self._pool = pool
        self._catalog = catalog
        self._day = day

    async def look(self, profile_ids: Sequence[UUID]) -> None:
        """Pin to the base tier whoever ordered too often on a day; each burst pins once."""
        now = self._day.moment().now
        for programme, rule in (await self._rules()).items():
            found = await bursts_among(self._pool, profile_ids, rule, since=now - LOOKED_BACK)
            for burst in found:
                await self._cap(_Cap(programme, rule, burst, now))

    async def _rules(self) -> dict[str, VelocityRule]:
        rules = {}
        for key in await self._catalog.programme_keys():
            if self._catalog.is_status(key):
                row = await self._catalog.programme_row(key)
                rule = read_velocity(row.document)
                if rule is not None and row.release_id is not None:
                    rules[key] = rule
        return rules

    async def _cap(self, cap: _Cap) -> None:
        owner, programme = cap.burst.profile_id, cap.programme
        async with self._pool.acquire() as connection, connection.transaction():
            await lock_customer(connection, owner)
            if await controls.find_control(connection, "pin", owner, cap.pin_id) is not None:
                return
            held = await controls.open_controls(connection, "pin", owner, programme, cap.now)
            if any(each.actor == ACTOR for each in held):
                return
            version = await controls.bump_control(connection, owner)
            await controls.add_control(connection, "pin", owner, cap.pin(version))
            made = Note(ACTOR, "pin.given", str(owner), cap.details(version))
            await note(connection, made, at=cap.now)

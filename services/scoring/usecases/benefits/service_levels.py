"""Tell how service treats many customers, at once: whoever opens cases asks for a crowd."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import asyncpg

from services.scoring.domain.benefits.held import Held, held_of
from services.scoring.queries.people.profiles import find_profile_ids
from services.scoring.usecases.benefits.entitlements import Entitlements
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.releases.catalog import Catalog
from shared.identifiers import lookup_key
from shared.secrets import Secrets


class CrowdDesk(Protocol):
    """Whoever gives the encoded tier answers of many customers."""

    async def answers(
        self,
        keys: Sequence[tuple[str, bytes]],
        names: Sequence[str | None],
        programme: str | None,
    ) -> bytes:
        """Answer by (kind, lookup key) in order; raises UnknownProgramme."""
        ...


@dataclass(frozen=True, slots=True)
class ServiceDesk:
    """Tells service levels: a statement for each programme, however many customers."""

    pool: asyncpg.Pool
    catalog: Catalog
    day: BusinessDay
    desk: CrowdDesk
    entitlements: Entitlements
    secrets: Secrets

    async def levels(self, customer_ids: Sequence[str]) -> list[Mapping[str, Any] | None]:
        """Tell what the tiers of each customer promise, in order; None where it is nothing."""
        now = self.day.moment().now
        await self.entitlements.refresh(now)
        held = await self._held(customer_ids)
        people = await self._people(customer_ids)
        return [
            await self.entitlements.service_level(person, tiers, now)
            for person, tiers in zip(people, held, strict=True)
        ]

    async def _held(self, customer_ids: Sequence[str]) -> list[list[Held]]:
        keys = [
            ("customer_id", lookup_key(self.secrets, "customer_id", each)) for each in customer_ids
        ]
        held: list[list[Held]] = [[] for _ in customer_ids]
        for programme in await self.catalog.programme_keys():
            answers = json.loads(await self.desk.answers(keys, customer_ids, programme))["answers"]
            for tiers, answer in zip(held, answers, strict=True):
                tiers.append(held_of(answer))
        return held

    async def _people(self, customer_ids: Sequence[str]) -> list[UUID | None]:
        """Find out who they are, where an experiment wants to know."""
        if not self.entitlements.is_any_held_out:
            return [None] * len(customer_ids)
        return await find_profile_ids(self.pool, customer_ids)

"""Use a benefit, once however often it is asked at once: counted under the customer's lock."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import asyncpg

from services.scoring.domain.announcement import Announcement, Kind
from services.scoring.domain.benefits.catalogue import Benefit
from services.scoring.domain.benefits.held import Held, held_of
from services.scoring.domain.benefits.offer import Offer, told_instant, told_quota
from services.scoring.domain.benefits.quotas import Period, left_of
from services.scoring.domain.records import Profile
from services.scoring.errors import (
    BenefitNotHeld,
    QuotaUsedUp,
    UnknownBenefit,
    UnknownCustomer,
    UnknownRedemption,
)
from services.scoring.queries.people.controls import hold_customer
from services.scoring.queries.people.profiles import find_profile
from services.scoring.queries.rewards import benefits as store
from services.scoring.queries.rewards.benefits import StoredUse
from services.scoring.queries.telling.announcements import announce
from services.scoring.usecases.benefits.entitlements import Entitled, Entitlements, service_of
from services.scoring.usecases.benefits.offers import Offers
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.releases.catalog import Catalog
from shared.idempotency import Answer, Asked, idempotently
from shared.ids import uuid7

#: How often a tier is read anew that changes while it is redeemed for; then the last one counts.
_ATTEMPTS: Final = 4


class _Moved(Exception):
    """The tier that was read is no longer held."""


class Desk(Protocol):
    """Whoever gives encoded tier answers."""

    async def answer(self, customer_id: str, programme: str | None) -> bytes:
        """Answer for one customer in one programme; raises UnknownProgramme."""
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose benefit is to be used, how much of it, and what the shop calls that."""

    customer_id: str
    benefit_key: str
    programme: str | None
    quantity: int
    reference: str | None


@dataclass(frozen=True, slots=True)
class _Bound:
    """A wish tied to the tier that has the benefit."""

    wish: Wish
    held: Held
    offer: Offer
    benefit: Benefit


@dataclass(frozen=True, slots=True)
class BenefitDesk:
    """Tells what customers are entitled to, and redeems it."""

    pool: asyncpg.Pool
    catalog: Catalog
    day: BusinessDay
    desk: Desk
    offers: Offers
    entitlements: Entitlements

    async def tell(self, customer_id: str, programme: str | None) -> dict[str, Any]:
        """Tell what one programme or all entitle a customer to; raises UnknownProgramme."""
        answers = await self._answers(customer_id, programme)
        profile = await find_profile(self.pool, customer_id)
        now = self.day.moment().now
        held = [held_of(answer) for answer in answers]
        profile_id = profile.profile_id if profile else None
        is_price_off = any(answer.get("expired") for answer in answers)
        entitled = await self.entitlements.of(profile_id, held, now, is_price_off=is_price_off)
        return {
            "customer_id": answers[0]["customer_id"] if answers else customer_id,
            "known": profile is not None,
            "programmes": [told(*pair) for pair in zip(entitled, answers, strict=True)],
            "service_level": service_of(entitled),
            "as_of": told_instant(now),
        }

    async def redeem(self, wish: Wish, asked: Asked) -> Answer:
        """Use a benefit of the tier that is held now.

        Raises UnknownCustomer, UnknownProgramme, UnknownBenefit, BenefitNotHeld, QuotaUsedUp, and
        Problem 409 and 422 for the key.
        """
        for _ in range(_ATTEMPTS - 1):
            try:
                return await self._redeem(wish, asked, is_sure=False)
            except _Moved:
                continue
        return await self._redeem(wish, asked, is_sure=True)

    async def _redeem(self, wish: Wish, asked: Asked, *, is_sure: bool) -> Answer:
        """Read the tier, then redeem under the lock; raises _Moved if it changed in between."""
        bound = await self._bind(wish)
        moment = self.day.moment()
        await self.entitlements.refresh(moment.now)

        async def work(connection: asyncpg.Connection) -> Mapping[str, Any]:
            profile = await hold(connection, wish.customer_id)
            owner, held = profile.profile_id, bound.held
            if self.entitlements.is_held_out(owner, held, wish.benefit_key, moment.now):
                raise BenefitNotHeld
            await store.lock_customer(connection, owner)
            if not is_sure and not await store.still_holds(connection, owner, held, moment):
                raise _Moved
            use = await self._use(connection, owner, bound, moment.now)
            made = _made(bound, moment.now)
            await store.add_use(connection, owner, made, actor=asked.caller.name)
            body = told_use(profile, made) | {"quota": _left_after(bound, use)}
            # whose it is, is said when it is delivered: a merge may come between
            news = {name: value for name, value in body.items() if name != "customer_id"}
            used = Announcement(owner, Kind.BENEFIT_USED, news, moment.now)
            await announce(connection, [used])
            return body

        return await idempotently(self.pool, asked, work)

    async def cancel(self, customer_id: str, usage_id: UUID) -> dict[str, Any]:
        """Take a redemption back, so that it may be used again; once is enough.

        Raises UnknownCustomer, UnknownRedemption.
        """
        now = self.day.moment().now
        async with self.pool.acquire() as connection, connection.transaction():
            profile = await hold(connection, customer_id)
            await store.lock_customer(connection, profile.profile_id)
            found = await store.find_use(connection, profile.profile_id, usage_id)
            if found is None:
                raise UnknownRedemption
            if await store.cancel_use(connection, profile.profile_id, usage_id, at=now):
                found = replace(found, cancelled_at=now)
        return told_use(profile, found)

    async def uses(
        self, customer_id: str, *, before: UUID | None, limit: int
    ) -> tuple[list[dict[str, Any]], UUID | None]:
        """List redemptions, the newest first, and where the next page begins.

        Raises UnknownCustomer.
        """
        profile = await find_profile(self.pool, customer_id)
        if profile is None:
            raise UnknownCustomer
        found = await store.list_uses(self.pool, profile.profile_id, before=before, limit=limit + 1)
        page = found[:limit]
        cursor = page[-1].usage_id if len(found) > limit else None
        return [told_use(profile, use) for use in page], cursor

    async def _answers(self, customer_id: str, programme: str | None) -> list[dict[str, Any]]:
        if programme is None:
            keys = await self.catalog.programme_keys()
        else:
            keys = [await self.catalog.programme_key(programme)]
        return [json.loads(await self.desk.answer(customer_id, key)) for key in keys]

    async def _bind(self, wish: Wish) -> _Bound:
        """Find the programme whose tier has the benefit; one that is named must."""
        answers = await self._answers(wish.customer_id, wish.programme)
        if not all(answer["known"] for answer in answers):
            raise UnknownCustomer
        is_known = False
        for held in map(held_of, answers):
            offer = await self.offers.offer(held.programme, held.version)
            benefit = offer.find(wish.benefit_key)
            if benefit is not None and held.tier_key in benefit.tiers:
                return _Bound(wish, held, offer, benefit)
            is_known = is_known or benefit is not None
        raise BenefitNotHeld if is_known else UnknownBenefit

    async def _use(
        self, connection: asyncpg.Connection, profile_id: UUID, bound: _Bound, now: datetime
    ) -> tuple[Period, int] | None:
        """Count what was used, under the lock; None where there is no quota."""
        quota = bound.benefit.quota
        if quota is None:
            return None
        period, used = await self.entitlements.use_of(
            connection, profile_id, bound.held, bound.benefit, now
        )
        if left_of(quota, used) < bound.wish.quantity:
            raise QuotaUsedUp(left_of(quota, used), told_instant(period.ends_at))
        return period, used


async def hold(connection: asyncpg.Connection, customer_id: str) -> Profile:
    """Find a customer and keep them who they are until commit; raises UnknownCustomer."""
    # Twice: a merge that we waited for made the customer somebody else's.
    for _ in range(2):
        profile = await hold_customer(connection, customer_id)
        if profile is not None:
            return profile
    raise UnknownCustomer


def told(entitled: Entitled, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Write what one programme entitles to as it is answered."""
    benefits: Sequence[Any] = json.loads(entitled.benefits)
    return {
        "programme": entitled.held.programme,
        "programme_version": entitled.held.version,
        "tier": answer["tier"],
        "benefits": benefits,
    }


def told_use(profile: Profile, use: StoredUse) -> dict[str, Any]:
    """Write a redemption as it is answered."""
    return {
        "redemption_id": str(use.usage_id),
        "customer_id": profile.customer_id,
        "programme": use.programme_key,
        "benefit": use.benefit_key,
        "tier": use.tier_key,
        "quantity": use.quantity,
        "reference": use.reference,
        "used_at": told_instant(use.used_at),
        "cancelled_at": told_instant(use.cancelled_at),
    }


def _made(bound: _Bound, now: datetime) -> StoredUse:
    return StoredUse(
        usage_id=uuid7(),
        programme_key=bound.held.programme,
        benefit_key=bound.benefit.key,
        tier_key=bound.held.tier_key,
        quantity=bound.wish.quantity,
        reference=bound.wish.reference,
        used_at=now,
    )


def _left_after(bound: _Bound, use: tuple[Period, int] | None) -> dict[str, Any] | None:
    if use is None or bound.benefit.quota is None:
        return None
    period, used = use
    return told_quota(bound.benefit.quota, (period, used + bound.wish.quantity))

"""What a customer's tiers entitle to, and what is left of it: one statement for all quotas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.scoring.domain.benefits.catalogue import (
    Benefit,
    Quota,
    best_service,
    promises_of,
)
from services.scoring.domain.benefits.held import Held
from services.scoring.domain.benefits.offer import Offer, TierOffer, services_of
from services.scoring.domain.benefits.quotas import Period, Tenure, period_of
from services.scoring.queries.rewards.benefits import Counted, enrolled_at, used_by
from services.scoring.usecases.benefits.hold_outs import HoldOuts
from services.scoring.usecases.benefits.offers import Offers

_EVER: Final = datetime.min.replace(tzinfo=UTC)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_NOTHING: Final = TierOffer(())


@dataclass(frozen=True, slots=True)
class Entitled:
    """What one programme entitles to: `benefits` is an encoded JSON list."""

    held: Held
    offer: TierOffer
    benefits: bytes


@dataclass(frozen=True, slots=True)
class _Asked:
    """One quota of one programme, and the period it is in."""

    held: Held
    benefit: Benefit
    period: Period


class Entitlements:
    """Reads benefits for tiers that were read already."""

    __slots__ = ("_hold_outs", "_offers", "_pool")

    def __init__(self, pool: asyncpg.Pool, offers: Offers, hold_outs: HoldOuts) -> None:
        """Take the database, what is remembered of published offers, and what is held out."""
        self._pool = pool
        self._offers = offers
        self._hold_outs = hold_outs

    async def of(
        self,
        profile_id: UUID | None,
        held: Iterable[Held],
        now: datetime,
        *,
        is_price_off: bool = False,
    ) -> list[Entitled]:
        """Tell what tiers entitle a customer to; None is somebody unknown, who used nothing.

        Raises UnknownProgramme.
        """
        await self._hold_outs.refresh(now)
        found = [
            (each, await self._shown(profile_id, each, now, is_price_off=is_price_off))
            for each in held
        ]
        asked = await self._quotas(profile_id, found, now)
        used = await self._used(profile_id, asked)
        return [_entitled(each, offer, asked, used) for each, offer in found]

    async def static_of(self, held: Iterable[Held], *, is_price_off: bool) -> list[Entitled]:
        """Tell the same without asking for any use: what is left of quotas is null.

        Works while the database is away for versions that were asked for before; others entitle to
        nothing then.
        """
        found = []
        for each in held:
            try:
                tier = _tier(await self._offer(each, is_price_off=is_price_off), each)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                tier = _NOTHING
            found.append(Entitled(each, tier, tier.encoded({})))
        return found

    async def use_of(
        self,
        connection: asyncpg.Pool | asyncpg.Connection,
        profile_id: UUID,
        held: Held,
        benefit: Benefit,
        now: datetime,
    ) -> tuple[Period, int]:
        """Tell the period a benefit's quota is in, and what was used in it."""
        offer = await self._offer(held, is_price_off=False)
        quota = benefit.quota or Quota(0, "ever")
        tenure = await _tenure(connection, profile_id, held, [quota], now)
        period = period_of(quota.per, now, tenure, offer.calendar)
        (used,) = await used_by(connection, profile_id, [_counted(held, benefit, period)])
        return period, used

    async def service_level(
        self, profile_id: UUID | None, held: Sequence[Held], now: datetime
    ) -> Mapping[str, Any] | None:
        """Choose the service level that answers soonest, of those not held out; None without any.

        It names its programme. Goes by what `refresh` read last.
        """
        found: list[Mapping[str, Any]] = []
        for each in held:
            promised = services_of(_tier(await self._offer(each, is_price_off=False), each))
            keys = [benefit.key for benefit in promised]
            withheld = self._hold_outs.withheld(profile_id, each, keys, now)
            found += promises_of(each, [b for b in promised if b.key not in withheld])
        return best_service(found)

    @property
    def is_any_held_out(self) -> bool:
        """Tell whether an experiment holds any benefit out of anybody."""
        return self._hold_outs.is_any

    async def refresh(self, now: datetime) -> None:
        """Read what experiments hold out, if it is time; not while a connection is held."""
        await self._hold_outs.refresh(now)

    def is_held_out(self, profile_id: UUID, held: Held, benefit_key: str, now: datetime) -> bool:
        """Tell whether an experiment holds a benefit out of a customer."""
        return bool(self._hold_outs.withheld(profile_id, held, [benefit_key], now))

    async def _shown(
        self, profile_id: UUID | None, held: Held, now: datetime, *, is_price_off: bool
    ) -> Offer:
        """Read an offer without what experiments hold out of the customer."""
        offer = await self._offer(held, is_price_off=is_price_off)
        if not self._hold_outs.is_any:
            return offer
        keys = [each.key for each in _tier(offer, held).benefits]
        withheld = self._hold_outs.withheld(profile_id, held, keys, now)
        return offer.without(held.tier_key, withheld) if withheld else offer

    async def _offer(self, held: Held, *, is_price_off: bool) -> Offer:
        return await self._offers.offer(held.programme, held.version, is_price_off=is_price_off)

    async def _quotas(
        self, profile_id: UUID | None, found: Sequence[tuple[Held, Offer]], now: datetime
    ) -> list[_Asked]:
        asked = []
        for held, offer in found:
            limited = _tier(offer, held).limited
            quotas = [quota for _, quota in limited]
            tenure = await _tenure(self._pool, profile_id, held, quotas, now)
            asked += [
                _Asked(held, benefit, period_of(quota.per, now, tenure, offer.calendar))
                for benefit, quota in limited
            ]
        return asked

    async def _used(self, profile_id: UUID | None, asked: Sequence[_Asked]) -> list[int]:
        if profile_id is None or not asked:
            return [0] * len(asked)
        counted = [_counted(each.held, each.benefit, each.period) for each in asked]
        return await used_by(self._pool, profile_id, counted)


def service_of(entitled: Iterable[Entitled]) -> Mapping[str, Any] | None:
    """Choose the service level that answers soonest; it names its programme."""
    return best_service(
        [level for each in entitled for level in promises_of(each.held, each.offer.benefits)]
    )


def _tier(offer: Offer, held: Held) -> TierOffer:
    return offer.tiers.get(held.tier_key, _NOTHING)


def _entitled(held: Held, offer: Offer, asked: Sequence[_Asked], used: Sequence[int]) -> Entitled:
    uses = {
        each.benefit.key: (each.period, count)
        for each, count in zip(asked, used, strict=True)
        if each.held is held
    }
    tier = _tier(offer, held)
    return Entitled(held, tier, tier.encoded(uses))


async def _tenure(
    connection: asyncpg.Pool | asyncpg.Connection,
    profile_id: UUID | None,
    held: Held,
    quotas: Sequence[Quota],
    now: datetime,
) -> Tenure:
    """Look up the enrolment only where a quota goes by it."""
    needs = profile_id is not None and any(quota.per == "anniversary" for quota in quotas)
    enrolled = await enrolled_at(connection, profile_id) if needs and profile_id else None
    return Tenure(enrolled or now, held.since, held.until)


def _counted(held: Held, benefit: Benefit, period: Period) -> Counted:
    starts_at, ends_at = period.starts_at or _EVER, period.ends_at or _NEVER
    return Counted(held.programme, benefit.key, starts_at, ends_at)

"""What one version of a programme offers, with everything encoded that does not change."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from services.scoring.domain.benefits.catalogue import (
    PRICE,
    Benefit,
    Quota,
    of_tier,
    read_benefits,
)
from services.scoring.domain.benefits.quotas import Period, left_of
from services.scoring.domain.points.calendar import Calendar, calendar_of


class TierOffer:
    """The benefits of one tier; encoded once, but for what is left of quotas."""

    def __init__(self, benefits: Sequence[Benefit]) -> None:
        """Take the benefits in the order of the document."""
        self.benefits = tuple(benefits)
        self.limited = [(each, each.quota) for each in benefits if each.quota is not None]

    @cached_property
    def _parts(self) -> list[tuple[bytes, Quota | None]]:
        return [(_encoded(benefit), benefit.quota) for benefit in self.benefits]

    def encoded(self, uses: Mapping[str, tuple[Period, int] | None]) -> bytes:
        """Write the benefits as a JSON list; `uses` gives period and use by benefit key.

        A quota whose use is not known says so with null.
        """
        written = [
            part if quota is None else part[:-1] + _quota(quota, uses.get(benefit.key)) + b"}"
            for benefit, (part, quota) in zip(self.benefits, self._parts, strict=True)
        ]
        return b"[" + b",".join(written) + b"]"


@dataclass(frozen=True)
class Offer:
    """A version's benefits by tier, and the calendar its quotas go by."""

    programme: str
    tiers: Mapping[str, TierOffer]
    calendar: Calendar

    def find(self, benefit_key: str) -> Benefit | None:
        """Find a benefit of any tier."""
        every = (benefit for tier in self.tiers.values() for benefit in tier.benefits)
        return next((each for each in every if each.key == benefit_key), None)

    def without(self, tier_key: str, benefit_keys: Collection[str]) -> Offer:
        """Leave benefits out of one tier."""
        left = [each for each in self.tiers[tier_key].benefits if each.key not in benefit_keys]
        return replace(self, tiers={**self.tiers, tier_key: TierOffer(left)})


def read_offer(
    programme: str, document: Mapping[str, Any], *, shop_zone: str, is_price_off: bool = False
) -> Offer:
    """Read a valid document; value programmes go by the shop's time zone."""
    benefits = [
        each for each in read_benefits(document) if not (is_price_off and each.kind == PRICE)
    ]
    keys = [tier["key"] for tier in document["tiers"]]
    calendar = calendar_of(document.get("time_zone", shop_zone))
    return Offer(programme, {key: TierOffer(of_tier(benefits, key)) for key in keys}, calendar)


def told_quota(quota: Quota, use: tuple[Period, int] | None) -> dict[str, Any]:
    """Write what is left of a quota as it is answered."""
    period, used = use or (Period(None, None), None)
    return {
        "count": quota.count,
        "per": quota.per,
        "used": used,
        "left": None if used is None else left_of(quota, used),
        "renews_at": told_instant(period.ends_at),
    }


def told_instant(at: datetime | None) -> str | None:
    """Write an instant as RFC 3339 in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def services_of(offer: TierOffer) -> list[Benefit]:
    """List the benefits of a tier that promise a service level."""
    return [each for each in offer.benefits if each.service_level is not None]


def _encoded(benefit: Benefit) -> bytes:
    told: dict[str, Any] = {
        "key": benefit.key,
        "kind": benefit.kind,
        "name": dict(benefit.name),
        "price": benefit.price,
        "service_level": benefit.service_level,
        "details": dict(benefit.details),
    }
    if benefit.quota is None:
        told["quota"] = None
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _quota(quota: Quota, use: tuple[Period, int] | None) -> bytes:
    return b',"quota":' + json.dumps(told_quota(quota, use), separators=(",", ":")).encode()

"""The benefits a version of a programme promises, read from its valid document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from services.scoring.domain.benefits.held import Held

PRICE: Final = "price"


@dataclass(frozen=True, slots=True)
class Quota:
    """How often a benefit may be used in a period."""

    count: int
    per: str


@dataclass(frozen=True, slots=True)
class Benefit:
    """One benefit and the tiers that have it; `quota` None: as often as one likes.

    `price` and `service_level` are those of the document, for benefits of these kinds.
    """

    key: str
    kind: str
    name: Mapping[str, str]
    tiers: frozenset[str]
    quota: Quota | None = None
    price: Mapping[str, str] | None = None
    service_level: Mapping[str, Any] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def read_benefits(document: Mapping[str, Any]) -> tuple[Benefit, ...]:
    """Read the benefits of a valid document, in its order."""
    return tuple(_benefit(part) for part in document.get("benefits", ()))


def _benefit(part: Mapping[str, Any]) -> Benefit:
    quota = part.get("quota")
    return Benefit(
        key=part["key"],
        kind=part["kind"],
        name=part["name"],
        tiers=frozenset(part["tiers"]),
        quota=None if quota is None else Quota(quota["count"], quota["per"]),
        price=part.get("price"),
        service_level=part.get("service_level"),
        details=part.get("details", {}),
    )


def of_tier(benefits: Sequence[Benefit], tier_key: str) -> list[Benefit]:
    """List the benefits a tier has."""
    return [benefit for benefit in benefits if tier_key in benefit.tiers]


def promises_of(held: Held, benefits: Sequence[Benefit]) -> list[Mapping[str, Any]]:
    """List the service levels among benefits of a tier held, each with the programme it is of."""
    named = {"programme": held.programme, "programme_version": held.version}
    levels = [each.service_level for each in benefits if each.service_level is not None]
    return [{**level, **named} for level in levels]


def best_service(levels: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Choose the service level that answers soonest; one that promises no time comes last."""
    return min(levels, key=lambda level: level.get("response_hours", 1 << 31), default=None)

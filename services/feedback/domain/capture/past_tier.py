"""The tier somebody held in the past, written as if it had been asked for then."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ToldTier:
    """What scoring told a customer last: a tier of a release; `ladder` has the programme's tiers.

    `ladder`: {"kind": ..., "tiers": [...]} of the programme's document (PROGRAMME.md).
    """

    programme: str
    programme_version: int
    tier: str
    ladder: Mapping[str, Any]
    model_version: str | None
    release_id: int


def held_document(told: ToldTier) -> dict[str, Any]:
    """Write `HeldTier` of shared/contracts/feedback.py."""
    return {
        "programme": told.programme,
        "programme_version": told.programme_version,
        "tier": _rung(told.tier, told.ladder),
        "model_version": told.model_version,
        "release": f"r-{told.release_id}",
    }


def _rung(key: str, ladder: Mapping[str, Any]) -> dict[str, Any]:
    """Place a tier: programmes of status list theirs from the lowest up, value ones downwards."""
    tiers = ladder["tiers"]
    keys = [tier["key"] for tier in tiers]
    place = keys.index(key)
    is_up = ladder.get("kind") == "status"
    name = tiers[place].get("name") or {"en": key, "zh": key}
    return {"key": key, "rank": place if is_up else len(tiers) - 1 - place, "name": name}

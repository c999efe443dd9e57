"""The tiers of any programme's document, by rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

STATUS: Final = "status"
VALUE: Final = "value"


@dataclass(frozen=True, slots=True)
class Rung:
    """One tier; rank 0 is everybody's."""

    key: str
    rank: int
    name: Mapping[str, str]


def kind_of(document: Mapping[str, Any]) -> str:
    """Tell the kind of a valid document."""
    return str(document.get("kind", VALUE))


def is_cut_by_share(document: Mapping[str, Any]) -> bool:
    """Tell whether a valid document's classes are shares of the rank by score."""
    return kind_of(document) == VALUE and not any("when" in tier for tier in document["tiers"])


def rungs_of(document: Mapping[str, Any]) -> list[Rung]:
    """List a valid document's tiers as they stand there: status from rank 0 up, value from the top.

    A tier without a name is called by its key.
    """
    listed = document["tiers"]
    last = len(listed) - 1
    is_up = kind_of(document) == STATUS
    return [
        Rung(tier["key"], place if is_up else last - place, _name_of(tier))
        for place, tier in enumerate(listed)
    ]


def _name_of(tier: Mapping[str, Any]) -> Mapping[str, str]:
    name: Mapping[str, str] = tier.get("name") or {"en": tier["key"], "zh": tier["key"]}
    return name

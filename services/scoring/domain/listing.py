"""Whom a list of customers names, and where its next page begins."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.scoring.domain.seen.lifecycle import Lifecycle

_CURSOR: Final = re.compile(
    r"v\.(?P<score>0x[0-9a-f.]+p[+-]\d{1,4})\.(?P<id>[0-9a-f]{32})"
    r"|p\.(?P<prospect>[0-9a-f]{32})|i\.(?P<name>(?:[0-9a-f]{2})+)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What must hold of who is listed, None: anything; scores are season-free."""

    ranks: tuple[int, ...] | None = None
    stages: tuple[Lifecycle, ...] | None = None
    least: float | None = None
    most: float | None = None

    @property
    def asks_value(self) -> bool:
        """Tell whether who has no score is left out."""
        return self.least is not None or self.most is not None


@dataclass(frozen=True, slots=True)
class ByValue:
    """After this one, the most valuable first."""

    score: float
    profile_id: UUID

    @property
    def is_by_value(self) -> bool:
        """Tell in which order of lists it stands."""
        return True

    def written(self) -> str:
        """Write it as a cursor."""
        return f"v.{self.score.hex()}.{self.profile_id.hex}"


@dataclass(frozen=True, slots=True)
class AmongProspects:
    """After this one of those who have not bought, who come last."""

    profile_id: UUID

    @property
    def is_by_value(self) -> bool:
        """Tell in which order of lists it stands."""
        return True

    def written(self) -> str:
        """Write it as a cursor."""
        return f"p.{self.profile_id.hex}"


@dataclass(frozen=True, slots=True)
class ByName:
    """After this customer id, in the order of its bytes."""

    name: bytes

    @property
    def is_by_value(self) -> bool:
        """Tell in which order of lists it stands."""
        return False

    def written(self) -> str:
        """Write it as a cursor."""
        return f"i.{self.name.hex()}"


Place = ByValue | AmongProspects | ByName
#: Before those who have not bought.
FIRST_PROSPECT: Final = AmongProspects(UUID(int=0))


def first_place(*, by_value: bool) -> Place:
    """Stand before everybody: no score is as high, no name as early."""
    return ByValue(math.inf, UUID(int=2**128 - 1)) if by_value else ByName(b"")


def read_place(cursor: str) -> Place | None:
    """Read a cursor back; None for one that we never wrote."""
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        return None
    if found["name"]:
        return ByName(bytes.fromhex(found["name"]))
    if found["prospect"]:
        return AmongProspects(UUID(found["prospect"]))
    try:
        return ByValue(float.fromhex(found["score"]), UUID(found["id"]))
    except (ValueError, OverflowError):
        return None

"""What a status programme knows of one customer: entries, pins and grants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

PinMode = Literal["exact", "ceiling", "floor"]
GrantKind = Literal["paid", "invited", "imported"]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that counts, or a return that takes it back.

    `at` decides the window it belongs to, `known_at` (None: `at`) when it may change a decision.
    A return has negative metrics and names in `reverses` the entry it undoes.
    """

    entry_id: str
    at: datetime
    known_at: datetime | None
    metrics: Mapping[str, int]
    reverses: str | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """A tier set by hand during `[starts_at, ends_at)`; it overlays what is earned."""

    pin_id: str
    mode: PinMode
    tier_key: str
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Grant:
    """A tier given during `[starts_at, ends_at)`: a floor, and what a rule naming its kind asks."""

    grant_id: str
    kind: GrantKind
    tier_key: str
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class History:
    """All that decides one customer's tiers, in any order."""

    enrolled_at: datetime
    entries: Sequence[Entry]
    pins: Sequence[Pin] = ()
    grants: Sequence[Grant] = ()

"""Stored things as they are listed: customers after merges, what was told, models, programmes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer after merges: the winner's ids."""

    profile_id: UUID
    customer_id: str | None


@dataclass(frozen=True, slots=True)
class ToldTier:
    """One row of history: what was answered from when on, and why it changed."""

    history_id: UUID
    programme_key: str
    release_id: int
    customer_version: int
    business_instant: datetime
    decided_at: datetime
    tier_from: str | None
    tier_to: str
    reason: str


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model in the list, with the programmes whose live release uses it.

    `status`: candidate, shadow, live, retired or rejected. `gate` is the verdict on it, None for
    models older than the gate.
    """

    version: str
    manifest: dict[str, Any]
    created_at: datetime
    live_in: list[str]
    status: str
    gate: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class ModelEvent:
    """One line of a model's life."""

    at: datetime
    what: str
    actor: str
    reason: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """A programme at its newest published version."""

    programme_key: str
    audience: str
    is_default: bool
    version: int
    document: dict[str, Any]
    release_id: int | None

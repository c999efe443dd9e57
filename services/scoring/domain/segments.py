"""Segments as people define them, and whom they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Segment:
    """A stored segment; `is_settled`: everybody was checked once since it was written."""

    segment_key: str
    name: Mapping[str, str]
    condition: dict[str, Any]
    purpose: str | None
    version: int
    is_settled: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is in; orders and spend (minor units) of the last 365 days."""

    profile_id: UUID
    customer_id: str | None
    lifecycle: str | None
    orders: int
    spend: int
    last_order: date | None

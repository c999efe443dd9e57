"""A programme and its versions as they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class VersionStatus(StrEnum):
    """Where a version stands; from `published` on its document never changes."""

    DRAFT = "draft"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Head:
    """A programme without its documents; `live_version` is in force, none before the first."""

    key: str
    audience: str
    is_default: bool
    created_at: datetime
    newest_version: int
    live_version: int | None
    release_id: int | None


@dataclass(frozen=True, slots=True)
class Version:
    """One version; `note` says who published it, what for and who approved."""

    key: str
    version: int
    status: VersionStatus
    document: Mapping[str, Any]
    note: Mapping[str, Any]
    created_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class WayBack:
    """From the release in force to the nearest earlier one of another version."""

    key: str
    live_id: int
    live_version: int
    release_id: int
    version: int
    model_version: str | None

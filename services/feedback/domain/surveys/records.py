"""Surveys, invitations and responses as they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

DRAFT, LIVE, CLOSED = "draft", "live", "closed"
#: Keys that would stand where an address has a word of ours.
RESERVED: Final = frozenset({"answer"})


@dataclass(frozen=True, slots=True)
class StoredSurvey:
    """A survey with its newest version."""

    survey_key: str
    version: int
    state: str
    document: dict[str, Any]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody to be asked: the profile that counts, the shop's id of it; or why not."""

    profile_id: UUID
    customer_id: str | None
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class Invitation:
    """One person asked once."""

    invitation_id: UUID
    survey_key: str
    version: int
    profile_id: UUID
    customer_id: str
    tier_held: Mapping[str, Any] | None
    is_tier_known: bool
    is_open: bool
    invited_at: datetime
    expires_at: datetime
    opened_at: datetime | None = None
    saved_at: datetime | None = None
    answered_at: datetime | None = None
    saved: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """An invitation as the person who holds its link meets it; `is_known`: not erased since."""

    invitation: Invitation
    state: str
    document: dict[str, Any]
    is_known: bool


@dataclass(frozen=True, slots=True)
class Response:
    """The answers of one person, or of nobody in particular."""

    response_id: UUID
    survey_key: str
    version: int
    invitation_id: UUID | None
    customer_id: str | None
    answers: Mapping[str, Any]
    texts: Mapping[str, Any]
    language: str | None
    tier_invited: Mapping[str, Any] | None
    tier_held: Mapping[str, Any] | None
    is_tier_known: bool
    fingerprint: bytes
    answered_at: datetime

"""Whom each profile counts for, given the links between them."""

from collections.abc import Iterable, Mapping
from uuid import UUID


def roots_of(profile_ids: Iterable[UUID], links: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """Return the end of the chain of links (loser to winner) that begins at each profile."""
    return {profile_id: _end(profile_id, links) for profile_id in profile_ids}


def _end(profile_id: UUID, links: Mapping[UUID, UUID]) -> UUID:
    while profile_id in links:
        profile_id = links[profile_id]
    return profile_id

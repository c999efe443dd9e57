"""What of the log a customer's facts rested on at one of their versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PastLink:
    """A merge: its place in the log, the versions it left profiles at, and its undoing's."""

    loser_id: UUID
    winner_id: UUID
    sequence: int
    versions: Mapping[UUID, int]
    linked_at: datetime
    undone_sequence: int | None
    undone_at: datetime | None
    undone_versions: Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class Place:
    """An event in the log, at the version of whomever its profile counted for then."""

    profile_id: UUID
    sequence: int
    version: int | None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who counted for a customer: between which places in the log, and since when."""

    since: int
    until: int | None
    merged_at: datetime | None


@dataclass(frozen=True, slots=True)
class Away:
    """A time in which a customer counted for somebody else; `is_over` at the version looked at."""

    since: datetime
    until: datetime | None
    is_over: bool


def away_at(customer: UUID, version: int, links: Sequence[PastLink]) -> list[Away]:
    """List the times in which a customer counted for somebody else."""
    return [
        Away(
            link.linked_at,
            link.undone_at,
            link.undone_versions.get(customer, version + 1) <= version,
        )
        for link in links
        if link.loser_id == customer
    ]


def members_at(customer: UUID, version: int, links: Sequence[PastLink]) -> dict[UUID, Member]:
    """Give everybody who counted for a customer at a version; the customer themselves for ever."""
    members = {customer: Member(0, None, None)}
    waiting = [customer]
    while waiting:
        winner = waiting.pop()
        for link in links:
            if (
                link.winner_id == winner
                and link.loser_id not in members
                and _held(link, customer, version, members[winner].since)
            ):
                members[link.loser_id] = _through(link, members[winner])
                waiting.append(link.loser_id)
    return members


def _through(link: PastLink, winner: Member) -> Member:
    ends = [place for place in (link.undone_sequence, winner.until) if place is not None]
    is_later = link.sequence > winner.since
    return Member(
        since=max(link.sequence, winner.since),
        until=min(ends, default=None),
        merged_at=link.linked_at if is_later else winner.merged_at,
    )


def _held(link: PastLink, customer: UUID, version: int, since: int) -> bool:
    """Tell whether a merge held at a version; `since`: from where its winner counted so."""
    undone = link.undone_versions.get(customer)
    if undone is not None and version >= undone:
        return False
    made = link.versions.get(customer)
    if made is not None:
        return made <= version
    # Made, and perhaps undone, while its winner had nothing to do with the customer.
    if link.sequence > since:
        return False
    return undone is not None or link.undone_sequence is None or link.undone_sequence > since


def known_at(
    customer: UUID, version: int, links: Sequence[PastLink], places: Sequence[Place]
) -> set[int]:
    """Give the places of the log, of a customer's own profiles, that a version of theirs knew.

    Events carry the version of whomever their profile counted for: before a merge their own, so all
    of that is known; while the customer was merged away, somebody else's, known when they are back.
    """
    members = members_at(customer, version, links)
    away = [
        (link.sequence, link.undone_sequence, link.undone_versions.get(customer, 0))
        for link in links
        if link.loser_id == customer and link.undone_sequence is not None
    ]
    known: set[int] = set()
    for place in places:
        member = members.get(place.profile_id)
        if member is None or (member.until is not None and place.sequence > member.until):
            continue
        if place.sequence < member.since:
            known.add(place.sequence)
            continue
        back = next((b for a, z, b in away if a < place.sequence < (z or 0)), None)
        seen_at = place.version if back is None else back
        if seen_at is not None and seen_at <= version:
            known.add(place.sequence)
    return known

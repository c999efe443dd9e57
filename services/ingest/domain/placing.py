"""Whose each arrival is, decided for a whole batch before anything is written."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID, uuid5

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.identity import Claim, Conflict, Directory, Resolution, resolve
from services.ingest.domain.linking import Link, Move, link_explicitly
from services.ingest.domain.records import Occasion, OrderKey, Sale

#: Namespace of the pseudonyms under which stores keep their anonymous receipts.
STORES: Final = UUID("6f0f5a9e-6b0e-5d5e-8c59-7c1f5b3f0a11")


def pseudonym(store_id: str | None) -> UUID:
    """Return the profile id that a store's anonymous receipts are logged under."""
    return uuid5(STORES, store_id or "")


@dataclass(slots=True)
class Placement:
    """Arrivals with their profiles, and what the batch adds to the directory.

    `roots`: whom the merged ones among the named profiles count for.
    """

    placed: list[Arrival] = field(default_factory=list)
    unclaimed: list[Arrival] = field(default_factory=list)
    new_profiles: dict[UUID, str | None] = field(default_factory=dict)
    named_profiles: dict[UUID, str] = field(default_factory=dict)
    gained: list[tuple[Claim, UUID, str]] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    roots: Mapping[UUID, UUID] = field(default_factory=dict)


def place(
    arrivals: Iterable[Arrival], directory: Directory, new_id: Callable[[], UUID]
) -> Placement:
    """Resolve every arrival that claims an identity; the directory learns along the way."""
    placement = Placement(roots=directory.roots)
    for arrival in arrivals:
        if not arrival.claims:
            placement.unclaimed.append(arrival)
            continue
        resolution = resolve(arrival.claims, directory, new_id=new_id())
        directory.learn(resolution)
        profile_id = resolution.profile_id
        if resolution.is_new:
            placement.new_profiles[profile_id] = None
        value_of = dict(zip(arrival.claims, arrival.values, strict=True))
        for claim in resolution.gained:
            placement.gained.append((claim, profile_id, value_of[claim]))
            if claim.kind == "customer_id":
                _name(placement, profile_id, value_of[claim])
        if arrival.is_explicit:
            _link(placement, arrival, resolution, directory)
        else:
            placement.conflicts.extend(resolution.conflicts)
        placement.placed.append(at(arrival, profile_id, is_anonymous=False))
    return placement


def _link(
    placement: Placement, arrival: Arrival, resolution: Resolution, directory: Directory
) -> None:
    linking = link_explicitly(resolution, arrival.previous, directory)
    placement.links += linking.links
    placement.moves += linking.moves
    placement.conflicts += linking.conflicts
    value_of = dict(zip(arrival.previous, arrival.previous_values, strict=True))
    placement.gained += [(c, resolution.profile_id, value_of[c]) for c in linking.gained]


def _name(placement: Placement, profile_id: UUID, customer_id: str) -> None:
    if profile_id in placement.new_profiles:
        placement.new_profiles[profile_id] = customer_id
    else:
        placement.named_profiles[profile_id] = customer_id


def at(arrival: Arrival, profile_id: UUID, *, is_anonymous: bool) -> Arrival:
    """Return the arrival as the profile's own."""
    was = arrival.record.occasion
    occasion = Occasion(  # dataclasses.replace takes thrice as long, for every item there is
        profile_id,
        was.event_key,
        was.store_id,
        was.channel,
        was.business_date,
        was.occurred_at,
        was.effective_at,
        is_anonymous,
    )
    return replace(arrival, record=replace(arrival.record, occasion=occasion))


def place_unclaimed(arrival: Arrival, owners: Mapping[OrderKey, UUID], known: set[UUID]) -> Arrival:
    """Place an arrival that names nobody: a return goes to whom the sale belongs to, if known.

    `known`: the owners that are customers; all others are stores.
    """
    if not isinstance(arrival.record, Sale):
        for key in arrival.named_orders:
            owner = owners.get(key)
            if owner in known:
                return at(arrival, owner, is_anonymous=False)
    return at(arrival, pseudonym(arrival.record.occasion.store_id), is_anonymous=True)

"""What explicit events of a batch do to profiles: claims move, links are made, traits are kept."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.identity import Claim, Directory
from services.ingest.domain.linking import Move
from services.ingest.domain.placing import Placement
from services.ingest.domain.traits import stamp, with_traits
from services.ingest.errors import AlreadyMerged, SameCustomer, UnknownCustomer
from services.ingest.queries import attributes, identity
from services.ingest.usecases.people.links import By, link, note_moves

#: Whom the audit log names where an event did it.
ACTOR: Final = "event"


async def directory_for(
    connection: Connection, fresh: Sequence[Arrival], order: tuple[str, ...]
) -> Directory:
    """Return who holds what these events name, and what explicit ones need besides."""
    claims = [claim for arrival in fresh for claim in (*arrival.claims, *arrival.previous)]
    directory = await identity.directory_of(connection, claims)
    directory.order = order
    if any(arrival.is_explicit for arrival in fresh):
        await identity.learn_strong(connection, directory)
    return directory


async def link_placed(connection: Connection, placement: Placement, *, now: datetime) -> bool:
    """Move claims and link profiles as placed; False if another writer was faster."""
    moves = net_moves(placement.moves)
    moved = ((move.claim, move.from_id, move.to_id) for move in moves)
    if await identity.move_identifiers(connection, moved, now) < len(moves):
        return False
    by = By(ACTOR, now)
    await note_moves(connection, moves, by)
    try:
        for wanted in placement.links:
            await link(connection, wanted, by)
    except (AlreadyMerged, SameCustomer, UnknownCustomer):
        return False
    return True


def net_moves(moves: Iterable[Move]) -> list[Move]:
    """Return from whom to whom each claim goes in the end."""
    first: dict[Claim, UUID] = {}
    last: dict[Claim, UUID] = {}
    for move in moves:
        first.setdefault(move.claim, move.from_id)
        last[move.claim] = move.to_id
    return [Move(c, first[c], to_id) for c, to_id in last.items() if first[c] != to_id]


async def put_traits(connection: Connection, placed: Iterable[Arrival]) -> None:
    """Keep what events tell about people; each word on an attribute gives way to a later one."""
    told: dict[UUID, list[Arrival]] = defaultdict(list)
    for arrival in placed:
        if arrival.traits:
            told[arrival.record.occasion.profile_id].append(arrival)
    if not told:
        return
    known = await attributes.hold(connection, told)
    for profile_id, arrivals in told.items():
        for arrival in arrivals:
            at = stamp(arrival.record.occasion.effective_at, arrival.event_key)
            known[profile_id] = with_traits(known[profile_id], arrival.traits, at)
    await attributes.put(connection, known)

"""Link profiles and undo links: whom each counts for changes, and their facts with it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.linking import Link, Move
from services.ingest.domain.merging import roots_of
from services.ingest.errors import (
    AlreadyMerged,
    SameCustomer,
    UndoneMerge,
    UnknownCustomer,
    UnknownMerge,
)
from services.ingest.queries import merges
from services.ingest.queries.identity import LockedCustomer
from services.ingest.queries.merges import Merge
from services.ingest.usecases.rebuilds.mend import mend
from shared.audit import Note, note
from shared.ids import uuid7
from shared.outbox import enqueue

CUSTOMERS_CHANGED: Final = "customers_changed"
Held = Mapping[UUID, LockedCustomer]


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, as the audit log names them, when, and why."""

    actor: str
    now: datetime
    reason: str = ""


async def link(connection: Connection, wanted: Link, by: By) -> Merge:
    """Let one profile count for another from now on.

    Raises UnknownCustomer, AlreadyMerged, or SameCustomer where it already does.
    """
    held = await merges.hold_groups(connection, (wanted.loser_id, wanted.winner_id))
    root = _require_apart(held, wanted)
    links = await merges.active_links(connection, held) | {wanted.loser_id: wanted.winner_id}
    versions = await _regroup(connection, held, links, changed={wanted.loser_id, root}, now=by.now)
    merge_id = uuid7()
    await merges.add_link(
        connection,
        merge_id,
        loser_id=wanted.loser_id,
        winner_id=wanted.winner_id,
        reason=wanted.reason,
        sequence=await merges.next_sequence(connection),
        version=versions[root],
        now=by.now,
    )
    await _tell(
        connection, versions, merge_id, action="merge", by=replace(by, reason=wanted.reason)
    )
    return await require_merge(connection, merge_id)


async def unlink(connection: Connection, merge_id: UUID, by: By) -> Merge:
    """Undo a link: facts are those of never having linked; raises UnknownMerge or UndoneMerge."""
    merge = await require_merge(connection, merge_id)
    held = await merges.hold_groups(connection, (merge.loser_id, merge.winner_id))
    if (await require_merge(connection, merge_id)).undone_at is not None:
        raise UndoneMerge
    links = await merges.active_links(connection, held)
    del links[merge.loser_id]
    root = held[merge.loser_id].merged_into or merge.winner_id
    versions = await _regroup(connection, held, links, changed={merge.loser_id, root}, now=by.now)
    sequence = await merges.next_sequence(connection)
    await merges.mark_undone(connection, merge_id, sequence=sequence, now=by.now)
    await _tell(connection, versions, merge_id, action="unmerge", by=by)
    return await require_merge(connection, merge_id)


async def require_merge(connection: Connection, merge_id: UUID) -> Merge:
    """Return a link; raises UnknownMerge."""
    merge = await merges.merge_of(connection, merge_id)
    if merge is None:
        raise UnknownMerge
    return merge


async def note_moves(connection: Connection, moves: Iterable[Move], by: By) -> None:
    """Write down which claims moved, and between whom."""
    for move in moves:
        parts = {"kind": move.claim.kind, "from": move.from_id.hex, "to": move.to_id.hex}
        subject = move.to_id.hex
        await note(connection, Note(by.actor, "move_identifier", subject, parts), at=by.now)


def _require_apart(held: Held, wanted: Link) -> UUID:
    """Return whom the winner counts for; both sides must be there and not yet be one."""
    loser, winner = held.get(wanted.loser_id), held.get(wanted.winner_id)
    if loser is None or winner is None or loser.erased_at or winner.erased_at:
        raise UnknownCustomer
    root = winner.merged_into or winner.profile_id
    if root == (loser.merged_into or loser.profile_id):
        raise SameCustomer
    if loser.merged_into is not None:
        raise AlreadyMerged
    return root


async def _regroup(
    connection: Connection,
    held: Held,
    links: Mapping[UUID, UUID],
    *,
    changed: Collection[UUID],
    now: datetime,
) -> dict[UUID, int]:
    """Store whom each held profile counts for now, and fold their facts; returns new versions."""
    roots = roots_of(held, links)
    moved = {p for p, before in held.items() if roots[p] != (before.merged_into or p)}
    versions = {p: held[p].version + 1 for p in moved.union(changed)}
    await merges.set_roots(connection, roots, versions, now)
    await mend(connection, versions.keys(), is_repair=True)
    await merges.set_last_unlinked(connection, {roots[p] for p in versions})
    return versions


async def _tell(
    connection: Connection,
    versions: Mapping[UUID, int],
    merge_id: UUID,
    *,
    action: str,
    by: By,
) -> None:
    profiles = sorted(profile_id.hex for profile_id in versions)
    await enqueue(connection, CUSTOMERS_CHANGED, {"profile_ids": profiles})
    details: dict[str, object] = {"versions": {p.hex: version for p, version in versions.items()}}
    if by.reason:
        details["reason"] = by.reason
    await note(connection, Note(by.actor, action, merge_id.hex, details), at=by.now)

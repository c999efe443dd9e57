"""Merge customers, undo merges, and decide about identifiers that two customers claim."""

from typing import Any, Final, NamedTuple
from uuid import UUID

from asyncpg import Connection, Pool

from services.ingest.domain.identity import Claim, in_trust
from services.ingest.domain.linking import Link, Move
from services.ingest.errors import (
    NamelessWinner,
    SettledConflict,
    UnknownConflict,
    UnknownCustomer,
)
from services.ingest.queries import conflicts, identity, keys, merges
from services.ingest.queries.conflicts import StoredConflict
from services.ingest.queries.identity import LockedCustomer
from services.ingest.queries.merges import Merge
from services.ingest.usecases.patience import patiently
from services.ingest.usecases.people.identifiers import move
from services.ingest.usecases.people.links import By, link, unlink
from services.ingest.usecases.read_items import claims_of
from services.ingest.usecases.running import Ingest
from shared import idempotency
from shared.audit import Note, note
from shared.contracts.common import CustomerReference, Page
from shared.contracts.merges import (
    ConflictDecision,
    CustomerName,
    IdentityConflict,
    MergeAnswer,
    MergeRequest,
)
from shared.idempotency import Attempt, Stored, fingerprint_of
from shared.keys import Caller

ROUTE: Final = "POST /v1/merges"


class Merged(NamedTuple):
    """What to answer; `is_replayed` when an Idempotency-Key brought the first answer back."""

    status: int
    body: dict[str, Any]
    is_replayed: bool = False


async def merge_customers(
    ingest: Ingest, caller: Caller, request: MergeRequest, key: str | None
) -> Merged:
    """Merge one customer into another; raises UnknownCustomer, SameCustomer, AlreadyMerged.

    Raises NamelessWinner where the customer id would be lost.
    """
    by = By(caller.name, ingest.clock.now())

    async def merge(connection: Connection) -> Merged:
        if key is None:
            return await _merge(connection, request, by, ingest)
        attempt = Attempt(caller.key_id, ROUTE, key, fingerprint_of(request))
        if first := await idempotency.begin(connection, attempt):
            return Merged(first.status, first.body, is_replayed=True)
        done = await _merge(connection, request, by, ingest)
        await idempotency.keep(connection, attempt, Stored(done.status, done.body))
        return done

    return await patiently(ingest.pool, merge)


async def undo_merge(ingest: Ingest, caller: Caller, merge_id: UUID) -> MergeAnswer:
    """Undo a merge: both are again who they were; raises UnknownMerge, UndoneMerge."""
    by = By(caller.name, ingest.clock.now())

    async def undo(connection: Connection) -> Merge:
        await keys.hold_sequence(connection)
        return await unlink(connection, merge_id, by)

    return _answer(await patiently(ingest.pool, undo))


async def list_merges(
    pool: Pool, customer_id: str | None, *, before: UUID | None, limit: int
) -> Page[MergeAnswer]:
    """Give one page of all merges or of a customer's, newest first, from after the cursor."""
    if customer_id is None:
        found = await merges.newest_merges(pool, before=before, limit=limit + 1)
    else:
        found = await merges.merges_with(pool, customer_id, before=before, limit=limit + 1)
    items = [_answer(merge) for merge in found[:limit]]
    has_more = len(found) > limit
    return Page(items=items, next_cursor=str(items[-1].merge_id) if has_more else None)


async def list_conflicts(
    pool: Pool, *, is_open: bool, before: UUID | None, limit: int
) -> Page[IdentityConflict]:
    """Give one page of contested identifiers, newest first; the cursor is the last one's id."""
    found = await conflicts.newest(pool, is_open=is_open, before=before, limit=limit + 1)
    items = [_conflict(each) for each in found[:limit]]
    has_more = len(found) > limit
    return Page(items=items, next_cursor=str(items[-1].conflict_id) if has_more else None)


async def resolve_conflict(
    ingest: Ingest, caller: Caller, conflict_id: UUID, decision: ConflictDecision
) -> IdentityConflict:
    """Say who has a contested identifier; raises UnknownConflict, SettledConflict."""
    by = By(caller.name, ingest.clock.now())

    async def resolve(connection: Connection) -> IdentityConflict:
        await keys.hold_sequence(connection)
        # customers first, as an erasure takes them: nothing may move to somebody it has done with
        parties = await conflicts.parties_of(connection, conflict_id)
        held = await identity.lock_customers(connection, parties)
        stored = await conflicts.hold(connection, conflict_id)
        if stored is None or any(party.erased_at for party in held.values()):
            raise UnknownConflict
        if stored.resolved_at is not None or stored.kind == "customer_id":
            raise SettledConflict
        if decision.keep == "claimant":
            claim = Claim(stored.kind, stored.lookup_key)
            await move(connection, [Move(claim, stored.holder_id, stored.claimant_id)], by)
        await conflicts.settle(connection, conflict_id, by.now)
        made = Note(by.actor, "conflict.resolved", str(conflict_id), {"keep": decision.keep})
        await note(connection, made, at=by.now)
        return _conflict(await conflicts.hold(connection, conflict_id) or stored)

    return await patiently(ingest.pool, resolve)


async def _merge(connection: Connection, request: MergeRequest, by: By, ingest: Ingest) -> Merged:
    await keys.hold_sequence(connection)
    loser = await _find(connection, request.loser, ingest)
    winner = await _find(connection, request.winner, ingest)
    held = await merges.hold_groups(connection, (loser, winner))
    winner = _with_a_name(held, winner)
    if held[loser].customer_id is not None and held[winner].customer_id is None:
        raise NamelessWinner
    merge = await link(connection, Link(loser, winner, request.reason), by)
    return Merged(201, _answer(merge).model_dump(mode="json"))


def _with_a_name(held: dict[UUID, LockedCustomer], profile_id: UUID) -> UUID:
    """Return the profile if it has a customer id, else whom it counts for."""
    found = held[profile_id]
    return profile_id if found.customer_id is not None else found.merged_into or profile_id


async def _find(connection: Connection, reference: CustomerReference, ingest: Ingest) -> UUID:
    """Return the profile that the strongest known identifier leads to."""
    claims = in_trust(claims_of(reference, ingest.secrets)[0], ingest.settings.trust)
    directory = await identity.directory_of(connection, claims)
    for claim in claims:
        if claim in directory.holders:
            return directory.holders[claim]
    raise UnknownCustomer


def _answer(merge: Merge) -> MergeAnswer:
    return MergeAnswer(
        merge_id=merge.merge_id,
        winner=CustomerName(customer_id=merge.winner, profile_id=merge.winner_id),
        loser=CustomerName(customer_id=merge.loser, profile_id=merge.loser_id),
        reason=merge.reason,
        sequence=merge.sequence,
        customer_version=merge.customer_version,
        linked_at=merge.linked_at,
        undone_at=merge.undone_at,
        undone_sequence=merge.undone_sequence,
    )


def _conflict(stored: StoredConflict) -> IdentityConflict:
    return IdentityConflict(
        conflict_id=stored.conflict_id,
        kind=stored.kind,
        holder=CustomerName(customer_id=stored.holder, profile_id=stored.holder_id),
        claimant=CustomerName(customer_id=stored.claimant, profile_id=stored.claimant_id),
        seen_at=stored.seen_at,
        resolved_at=stored.resolved_at,
    )

"""Give identifiers to a customer: free ones are gained, contested ones stay unless taken over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.identity import Claim, Conflict, Directory, Resolution, resolve
from services.ingest.domain.linking import Linking, Move, link_explicitly
from services.ingest.queries import conflicts, identity, merges
from services.ingest.queries.identity import LockedCustomer
from services.ingest.usecases.accept import Contended
from services.ingest.usecases.people.links import By, link, note_moves
from services.ingest.usecases.privacy.tombstones import refuse_erased
from shared.identifiers import lookup_key
from shared.ids import uuid7
from shared.secrets import Secrets


@dataclass(frozen=True, slots=True)
class Giving:
    """What is given to whom; `is_explicit` links browsers, `takes_over` moves contested claims."""

    customer_id: str
    identifiers: Mapping[str, str]
    order: tuple[str, ...]
    is_explicit: bool = False
    takes_over: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """Whose they are now, and what became of each; `customer` is held until commit."""

    customer: LockedCustomer
    gained: tuple[Claim, ...] = ()
    linking: Linking = field(default_factory=Linking)

    @property
    def root_id(self) -> UUID:
        """Return whom the profile counts for."""
        return self.customer.merged_into or self.customer.profile_id


async def give(connection: Connection, giving: Giving, *, secrets: Secrets, by: By) -> Given:
    """Find or make the profile of a customer id and give it identifiers; raises NamesErased."""
    named = {"customer_id": giving.customer_id} | dict(giving.identifiers)
    values = {Claim(kind, lookup_key(secrets, kind, v)): v for kind, v in named.items()}
    directory = await identity.directory_of(connection, values)
    directory.order = giving.order
    resolution = resolve(values, directory, new_id=uuid7())
    profile_id = resolution.profile_id
    if resolution.is_new:
        await identity.add_profiles(connection, {profile_id: giving.customer_id}, by.now)
    await _hold(connection, profile_id, giving.customer_id)
    gained = [(claim, values[claim]) for claim in resolution.gained]
    await refuse_erased(connection, directory, gained, secrets=secrets, now=by.now)
    rows = [(c, profile_id, sealed(secrets, c.kind, value)) for c, value in gained]
    if await identity.add_identifiers(connection, rows, by.now) < len(rows):
        raise Contended
    linking = await _linking(connection, giving, resolution, directory)
    await _apply(connection, linking, by)
    held = (await merges.hold_groups(connection, [profile_id]))[profile_id]
    return Given(held, resolution.gained, linking)


def sealed(secrets: Secrets, kind: str, value: str) -> bytes | None:
    """Return what is stored beside the key of an identifier."""
    return None if kind == "customer_id" else secrets.encrypt_identifier(kind, value)


async def _hold(connection: Connection, profile_id: UUID, customer_id: str) -> None:
    held = (await identity.lock_customers(connection, [profile_id])).get(profile_id)
    if held is None or held.erased_at is not None:
        raise Contended
    if held.customer_id is None:
        await identity.name_profiles(connection, {profile_id: customer_id})
    elif held.customer_id != customer_id:
        raise Contended


async def _linking(
    connection: Connection, giving: Giving, resolution: Resolution, directory: Directory
) -> Linking:
    if not giving.is_explicit:
        return Linking(conflicts=list(resolution.conflicts))
    await identity.learn_strong(connection, directory)
    directory.learn(resolution)
    linking = link_explicitly(resolution, (), directory)
    return taken_over(linking) if giving.takes_over else linking


def taken_over(linking: Linking) -> Linking:
    """Return the same with every contested claim moved; a customer id never moves."""
    stays = [c for c in linking.conflicts if c.claim.kind == "customer_id"]
    taken = [_move(c) for c in linking.conflicts if c.claim.kind != "customer_id"]
    return Linking(linking.links, [*linking.moves, *taken], linking.gained, stays)


def _move(conflict: Conflict) -> Move:
    return Move(conflict.claim, conflict.holder_id, conflict.claimant_id)


async def _apply(connection: Connection, linking: Linking, by: By) -> None:
    await identity.add_conflicts(connection, linking.conflicts, by.now)
    await move(connection, linking.moves, by)
    for wanted in linking.links:
        await link(connection, wanted, by)


async def move(connection: Connection, moves: Sequence[Move], by: By) -> None:
    """Move claims, write it down, and settle what was contested about them; raises Contended."""
    moved = ((each.claim, each.from_id, each.to_id) for each in moves)
    if await identity.move_identifiers(connection, moved, by.now) < len(moves):
        raise Contended
    await note_moves(connection, moves, by)
    for each in moves:
        await conflicts.settle_moved(connection, each.claim, each.to_id, by.now)

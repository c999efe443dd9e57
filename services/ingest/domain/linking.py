"""What an identify or an alias does to who is who: profiles linked, claims moved, decided purely.

A browser that nobody owns becomes a part of the person; one that is somebody else's is a shared
browser: its claim moves to the person, what it did before stays. A phone or a card never moves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.ingest.domain.identity import WEAK, Claim, Conflict, Directory, Resolution


@dataclass(frozen=True, slots=True)
class Link:
    """One profile, with all that count for it, counts for another from now on."""

    loser_id: UUID
    winner_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Move:
    """An identifier goes from one profile to another; what was done under it stays."""

    claim: Claim
    from_id: UUID
    to_id: UUID


@dataclass(slots=True)
class Linking:
    """Links, moves and gains of one explicit event, and the conflicts that remain."""

    links: list[Link] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    gained: list[Claim] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


def link_explicitly(
    resolution: Resolution, previous: Sequence[Claim], directory: Directory
) -> Linking:
    """Return what an explicit event changes; the directory learns it.

    `previous`: names an alias says the person had before, most likely first: the first known one
    counts. A known customer id among them is the same person, with all that counts for them.
    """
    linking = Linking()
    own = resolution.profile_id
    if directory.root_of(own) not in directory.strong:
        linking.conflicts.extend(resolution.conflicts)  # a browser cannot own another one
        return linking
    reason = "alias" if previous else "identify"
    for conflict in resolution.conflicts:
        if conflict.claim.kind in WEAK:
            _take(linking, conflict.claim, own, directory, reason=reason)
        else:
            linking.conflicts.append(conflict)
    _take_previous(linking, own, previous, directory)
    return linking


def _take_previous(
    linking: Linking, own: UUID, previous: Iterable[Claim], directory: Directory
) -> None:
    for claim in previous:
        if claim in directory.holders:
            _take(linking, claim, own, directory, reason="alias")
            return
    for claim in previous:
        if claim.kind in WEAK:
            linking.gained.append(claim)
            directory.holders[claim] = own


def _take(linking: Linking, claim: Claim, own: UUID, directory: Directory, *, reason: str) -> None:
    holder = directory.holders[claim]
    root = directory.root_of(holder)
    if root == directory.root_of(own):
        return
    if claim.kind not in WEAK or root not in directory.strong:
        loser, winner = root, own
        if root in directory.customer_ids and own not in directory.customer_ids:
            loser, winner = directory.root_of(own), holder  # who has a name keeps it
        linking.links.append(Link(loser, winner, reason))
        directory.join(loser, winner)
    else:
        linking.moves.append(Move(claim, holder, own))
        directory.holders[claim] = own

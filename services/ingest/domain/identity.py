"""Who a record is about: claims resolved against what is known, in a fixed order of trust."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

#: Kinds of identifier, most trusted first; `external:<system>` stands behind the loyalty account.
TRUST = (
    "customer_id",
    "loyalty_account",
    "external",
    "phone",
    "email",
    "wechat_openid",
    "device_id",
    "anonymous_id",
)


#: Kinds that name a browser or an app, not a person.
WEAK = frozenset({"device_id", "anonymous_id"})


@dataclass(frozen=True, slots=True)
class Claim:
    """One identifier that a record carries. `key`: what it is looked up by."""

    kind: str
    key: bytes


@dataclass(slots=True)
class Directory:
    """Which profile holds each identifier, and the shop's own id of the profiles that have one.

    `roots`: whom each merged profile counts for. `strong`: those of them, and of profiles that
    are not merged, of whom more is known than a browser; learnt for explicit links only.
    `order`: kinds of identifier, most trusted first. `has_tombstones`: somebody was erased of
    late, so an identifier that is free may be refused.
    """

    holders: dict[Claim, UUID]
    customer_ids: dict[UUID, bytes]
    has_tombstones: bool = False
    roots: dict[UUID, UUID] = field(default_factory=dict)
    strong: set[UUID] = field(default_factory=set)
    order: tuple[str, ...] = TRUST

    def root_of(self, profile_id: UUID) -> UUID:
        """Return the customer a profile counts for."""
        return self.roots.get(profile_id, profile_id)

    def join(self, loser_root: UUID, winner_id: UUID) -> None:
        """Let a profile, and all that count for it, count for whom another one counts for."""
        winner_root = self.root_of(winner_id)
        for profile_id in [p for p, root in self.roots.items() if root == loser_root]:
            self.roots[profile_id] = winner_root
        self.roots[loser_root] = winner_root

    def learn(self, resolution: "Resolution") -> None:
        """Take over what a resolution gained, for the records that follow in the same batch."""
        for claim in resolution.gained:
            self.holders[claim] = resolution.profile_id
            if claim.kind not in WEAK:
                self.strong.add(self.root_of(resolution.profile_id))
            if claim.kind == "customer_id":
                self.customer_ids[resolution.profile_id] = claim.key


@dataclass(frozen=True, slots=True)
class Conflict:
    """An identifier claimed for one profile while another holds it; it stays where it is."""

    claim: Claim
    claimant_id: UUID
    holder_id: UUID


@dataclass(frozen=True, slots=True)
class Resolution:
    """The profile a record belongs to, which identifiers it gains, and which are contested."""

    profile_id: UUID
    is_new: bool
    gained: tuple[Claim, ...]
    conflicts: tuple[Conflict, ...]


def resolve(claims: Iterable[Claim], directory: Directory, *, new_id: UUID) -> Resolution:
    """Return the profile of a record: that of its most trusted known claim, else a new one.

    A profile has at most one customer id: a record with an unknown customer id never joins a
    profile that has another one, however well its phone matches (two people share a phone), nor
    one that counts for somebody who has. An unknown customer id is gained by whom the profile
    counts for. Unclaimed identifiers are gained; contested ones stay and are listed. `claims` is
    not empty.
    """
    trusted = in_trust(claims, directory.order)
    own = next((claim.key for claim in trusted if claim.kind == "customer_id"), None)
    known = [(claim, directory.holders[claim]) for claim in trusted if claim in directory.holders]
    joined = next((holder for _, holder in known if _may_join(own, holder, directory)), None)
    if (
        joined is not None
        and own is not None
        and Claim("customer_id", own) not in directory.holders
    ):
        joined = directory.root_of(joined)
    profile_id = new_id if joined is None else joined
    return Resolution(
        profile_id,
        is_new=joined is None,
        gained=tuple(claim for claim in trusted if claim not in directory.holders),
        conflicts=tuple(
            Conflict(claim, profile_id, holder)
            for claim, holder in known
            if directory.root_of(holder) != directory.root_of(profile_id)
        ),
    )


def in_trust(claims: Iterable[Claim], order: tuple[str, ...] = TRUST) -> list[Claim]:
    """Return claims, the most trusted first."""
    return sorted(claims, key=lambda claim: (order.index(claim.kind.partition(":")[0]), claim.key))


def _may_join(own: bytes | None, holder: UUID, directory: Directory) -> bool:
    named = directory.customer_ids
    theirs = named.get(holder) or named.get(directory.root_of(holder))
    return own is None or theirs is None or own == theirs

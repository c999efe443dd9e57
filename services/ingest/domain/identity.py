"""Who a record is about: claims resolved against what is known, in a fixed order of trust."""

from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Claim:
    """One identifier that a record carries. `key`: what it is looked up by."""

    kind: str
    key: bytes


@dataclass(slots=True)
class Directory:
    """Which profile holds each identifier, and the shop's own id of the profiles that have one."""

    holders: dict[Claim, UUID]
    customer_ids: dict[UUID, bytes]

    def learn(self, resolution: "Resolution") -> None:
        """Take over what a resolution gained, for the records that follow in the same batch."""
        for claim in resolution.gained:
            self.holders[claim] = resolution.profile_id
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
    profile that has another one, however well its phone matches (two people share a phone).
    Unclaimed identifiers are gained; contested ones stay and are listed. `claims` is not empty.
    """
    in_trust = sorted(claims, key=_trust)
    own = next((claim.key for claim in in_trust if claim.kind == "customer_id"), None)
    known = [(claim, directory.holders[claim]) for claim in in_trust if claim in directory.holders]
    joined = next(
        (holder for _, holder in known if _may_join(own, directory.customer_ids.get(holder))), None
    )
    profile_id = new_id if joined is None else joined
    return Resolution(
        profile_id,
        is_new=joined is None,
        gained=tuple(claim for claim in in_trust if claim not in directory.holders),
        conflicts=tuple(
            Conflict(claim, profile_id, holder) for claim, holder in known if holder != profile_id
        ),
    )


def _trust(claim: Claim) -> tuple[int, bytes]:
    return TRUST.index(claim.kind.partition(":")[0]), claim.key


def _may_join(own: bytes | None, theirs: bytes | None) -> bool:
    return own is None or theirs is None or own == theirs

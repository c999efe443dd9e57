"""What can be wrong with a request to ingest, in words of the shop."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from typing_extensions import override

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.identity import Claim
from services.ingest.domain.records import OrderKey
from shared.jitter import jitter_s
from shared.problem import DomainError


class UnknownCustomer(DomainError):
    """There is no such customer."""


class ProfileChanged(DomainError):
    """Somebody else, or an event, changed the customer: read it and send its ETag as If-Match."""


class Busy(DomainError):
    """Too many writers want the same customers just now; nothing was stored, send it again."""


class SumsOutOfRange(DomainError):
    """The batch would make a sum larger than can be kept exactly; nothing was stored."""


class NoBaseCurrency(DomainError):
    """The shop has no base currency yet: set BASE_CURRENCY, or name it in the body."""


class OtherBaseCurrency(DomainError):
    """The shop counts in another base currency."""


class RateRefused(DomainError):
    """A rate cannot be kept; nothing was stored."""

    def __init__(self, place: int, field: str, code: str) -> None:
        super().__init__(code)
        self.place = place
        self.field = field
        self.code = code


class UnknownMerge(DomainError):
    """There is no such merge."""


class IdentityRefused(DomainError):
    """Who is who does not allow this."""


class UndoneMerge(IdentityRefused):
    """The merge was undone before."""


class SameCustomer(IdentityRefused):
    """Both are the same customer already; nobody can be merged into themselves."""


class AlreadyMerged(IdentityRefused):
    """The loser is merged into another customer already: merge that one, or undo it first."""


class NamelessWinner(IdentityRefused):
    """The winner has no customer id but the loser has one: merge the other way round."""


class UnknownConflict(DomainError):
    """There is no such conflict."""


class SettledConflict(IdentityRefused):
    """The conflict was settled before, or is about a customer id, which nobody can be given."""


class UnknownErasure(DomainError):
    """There is no such erasure."""


class PartRefused(DomainError):
    """Some items of a batch cannot be stored; the others can.

    `listed_as`: the list of the outcome in which those items stand.
    """

    listed_as: ClassVar[Literal["erased", "crowded"]]

    def concerns(self, arrival: Arrival) -> bool:
        """Tell whether an item is one of those."""
        raise NotImplementedError


class NamesErased(PartRefused):
    """An identifier belongs to somebody who was erased; it is refused for a time."""

    listed_as = "erased"

    def __init__(self, claims: frozenset[Claim] = frozenset()) -> None:
        super().__init__()
        self.claims = claims

    @override
    def concerns(self, arrival: Arrival) -> bool:
        return not self.claims.isdisjoint((*arrival.claims, *arrival.previous))


class OrderCrowded(PartRefused):
    """An order was told of, or taken back from, more often than one order can be."""

    listed_as = "crowded"

    def __init__(self, order_keys: frozenset[OrderKey]) -> None:
        super().__init__()
        self.order_keys = order_keys

    @override
    def concerns(self, arrival: Arrival) -> bool:
        return not self.order_keys.isdisjoint(arrival.named_orders)


class Overloaded(DomainError):
    """More waits here than can be taken in soon; nothing was stored, send it again."""

    @property
    @override
    def headers(self) -> Mapping[str, str]:
        """Say when to come again, not all at the same instant."""
        return {"Retry-After": str(jitter_s(1, 3))}


class TooManyRequests(DomainError):
    """This key sends more than it may; nothing was stored, send it again later."""

    def __init__(self, *, per_s: float, retry_after_s: float) -> None:
        """Take what the key may send, and how long until it may send again."""
        super().__init__(per_s)
        self.per_s = per_s
        self.retry_after_s = retry_after_s

    @property
    @override
    def headers(self) -> Mapping[str, str]:
        """Say when to come again, not all at the same instant, and what is allowed."""
        wait_s = int(self.retry_after_s) + jitter_s(1, 2)
        return {
            "Retry-After": str(wait_s),
            "RateLimit-Policy": f'"key";q={self.per_s:.0f};w=1',
            "RateLimit": f'"key";r=0;t={wait_s}',
        }


class NamespaceTaken(DomainError):
    """Another source is authoritative for the order namespace."""

    def __init__(self, source_id: str) -> None:
        super().__init__(source_id)
        self.source_id = source_id

    @property
    @override
    def detail(self) -> str:
        """Name the source that has the authority, and the way to move it."""
        return (
            f"The value of this order namespace comes from the source {self.source_id}; "
            'send "take_over": true to move it here'
        )


class UnknownStore(DomainError):
    """There is no such store."""


class UnknownKept(DomainError):
    """There is no such record in quarantine."""

    code = "unknown"


class NotReplayable(DomainError):
    """What read this record is not there, or it may only come from a browser."""

    code = "not_replayable"


class BodyTruncated(DomainError):
    """Only the first 64 KiB of this record were kept: send a corrected body (body_truncated)."""

    code = "body_truncated"


class OtherBodyKnown(DomainError):
    """Its key is known with another body, and the first stays (same_key_other_body)."""

    code = "same_key_other_body"


class RefusedAgain(DomainError):
    """The record is refused again."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


class UnknownImport(DomainError):
    """There is no such import."""


class UploadTooLarge(DomainError):
    """A file may have at most 4 GiB; nothing of it was kept."""


class UnknownProduct(DomainError):
    """There is no such product."""


class CostRefused(DomainError):
    """The cost of a product cannot be kept; nothing was stored."""

    def __init__(self, place: int, field: str, code: str) -> None:
        super().__init__(code)
        self.place = place
        self.field = field
        self.code = code

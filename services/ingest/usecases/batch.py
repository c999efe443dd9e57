"""A batch between being placed and being folded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.records import EventKey, OrderKey
from services.ingest.queries.identity import LockedCustomer
from services.ingest.queries.keys import OrderOwner


@dataclass(frozen=True, slots=True)
class Batch:
    """Placed arrivals, their places in the log, the owners of their orders, the held customers.

    `roots`: whom each merged profile counts for; that customer is held as well.
    """

    arrivals: Sequence[Arrival]
    sequences: dict[EventKey, int]
    owners: dict[OrderKey, OrderOwner | None]
    customers: dict[UUID, LockedCustomer]
    roots: Mapping[UUID, UUID] = field(default_factory=dict)

    def root_of(self, profile_id: UUID) -> UUID:
        """Return the customer whose facts a profile's events are folded into."""
        return self.roots.get(profile_id, profile_id)

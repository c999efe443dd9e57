"""A batch between being placed and being folded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.records import EventKey, OrderKey, Record, Sale
from services.ingest.queries.events import LoggedRecord
from services.ingest.queries.identity import LockedCustomer


@dataclass(frozen=True, slots=True)
class Batch:
    """Placed arrivals, their places in the log, what the sales among them tell, held customers.

    `related`: what the log holds of the orders that the batch names. `sellers`: by order key, all
    profiles that a sale of the order names. `roots`: whom each merged profile counts for; that
    customer is held as well.
    """

    arrivals: Sequence[Arrival]
    sequences: dict[EventKey, int]
    sales: Mapping[EventKey, Sale]
    customers: dict[UUID, LockedCustomer]
    related: Sequence[LoggedRecord] = ()
    sellers: Mapping[OrderKey, frozenset[UUID]] = field(default_factory=dict)
    roots: Mapping[UUID, UUID] = field(default_factory=dict)

    def record_of(self, arrival: Arrival) -> Record:
        """Return what an arrival of this batch tells at its place in the log."""
        return self.sales.get(arrival.event_key, arrival.record)

    def root_of(self, profile_id: UUID) -> UUID:
        """Return the customer whose facts a profile's events are folded into."""
        return self.roots.get(profile_id, profile_id)

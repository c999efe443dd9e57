"""A batch between being placed and being folded."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.records import EventKey, OrderKey
from services.ingest.queries.identity import LockedCustomer
from services.ingest.queries.keys import OrderOwner


@dataclass(frozen=True, slots=True)
class Batch:
    """Placed arrivals, their places in the log, the owners of their orders, the held customers."""

    arrivals: Sequence[Arrival]
    sequences: dict[EventKey, int]
    owners: dict[OrderKey, OrderOwner | None]
    customers: dict[UUID, LockedCustomer]

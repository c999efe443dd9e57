"""One contact with a customer as it is stored."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Interaction:
    """A row of `interactions`. `cost`: minor units of `currency`."""

    customer_id: str
    interaction_id: UUID
    event_key: bytes
    fingerprint: bytes
    kind: str
    direction: str
    channel: str
    subject: str | None
    note: str | None
    agent: str | None
    outcome: str | None
    duration_s: int | None
    case_id: UUID | None
    task_id: UUID | None
    cost: int | None
    currency: str | None
    at: datetime
    received_at: datetime

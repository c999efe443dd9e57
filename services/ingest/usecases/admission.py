"""Who is let in before a body is read: within the key's allowance, while there is room."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from uuid import UUID

from services.ingest.domain.allowance import Allowances
from services.ingest.domain.gate import Gate
from services.ingest.errors import Overloaded, TooManyRequests
from services.ingest.settings import IngestSettings
from shared.body import BATCH_CAP
from shared.keys import Caller

#: What a body without a declared length counts as until it is read.
UNDECLARED_BYTES = 64 * 1024
#: What a request costs beside its body, in bytes that cost as much.
REQUEST_BYTES = 2048


@dataclass(frozen=True, slots=True)
class Admission:
    """The door of everything that is posted."""

    gate: Gate
    allowances: Allowances[UUID] | None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @contextmanager
    def room(self, caller: Caller | None, declared: bytes | str | None) -> Iterator[None]:
        """Hold room for a body of the declared length; raises TooManyRequests or Overloaded.

        `caller`: None for who is known by a signature, which takes the body to check.
        """
        if caller is not None:
            self._check_allowance(caller)
        size = size_of(declared)
        if not self.gate.is_open(size):
            raise Overloaded
        self.gate.enter(size, monotonic())
        try:
            yield
        finally:
            self.gate.leave(size, monotonic())

    def _check_allowance(self, caller: Caller) -> None:
        if self.allowances is None:
            return
        wait_s = self.allowances.wait_s(caller.key_id, monotonic())
        if wait_s:
            raise TooManyRequests(per_s=self.allowances.per_s, retry_after_s=wait_s)


def admission(settings: IngestSettings) -> Admission:
    """Make the door the settings describe."""
    per_s = settings.key_requests_per_s
    return Admission(
        Gate(settings.patience_s, settings.queue_floor_bytes, settings.queue_bytes),
        Allowances(per_s, max(1.0, 2 * per_s)) if per_s else None,
    )


def size_of(declared: bytes | str | None) -> int:
    """Return what a request counts as, by its Content-Length; one over the cap is refused later."""
    if not declared or len(declared) > 20 or not declared.isdigit():
        return UNDECLARED_BYTES
    return min(int(declared), BATCH_CAP) + REQUEST_BYTES

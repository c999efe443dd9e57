"""Erasures as they are asked for and answered: the request, the receipt, the end."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from asyncpg import Connection, Pool

from services.ingest.errors import UnknownCustomer, UnknownErasure
from services.ingest.queries import erasures
from services.ingest.queries.erasures import StoredErasure
from services.ingest.usecases.running import Ingest
from shared import erasures as owners
from shared import idempotency, jobs
from shared.audit import Note, note
from shared.clock import Clock
from shared.contracts.privacy import EraseRequest, Erasure, ErasureAccepted, ErasureStatus
from shared.idempotency import Attempt, Stored, fingerprint_of
from shared.ids import uuid7
from shared.keys import Caller

KIND: Final = "erase"
ACCEPTED: Final = 202
_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What to answer; `is_replayed` when an Idempotency-Key brought the first answer back."""

    body: dict[str, Any]
    is_replayed: bool = False


async def ask_for_erasure(
    ingest: Ingest, caller: Caller, customer_id: str, request: EraseRequest, *, key: str | None
) -> Asked:
    """Start a job that erases a customer; one that waits already is given again."""
    now = ingest.clock.now()
    async with ingest.pool.acquire() as connection, connection.transaction():
        if key is None:
            return Asked(await _ask(connection, caller, customer_id, request, now))
        # the route names the customer by a hash: what we keep of a request must not name anybody
        of_whom = ingest.secrets.blind_index("erase-route", customer_id).hex()
        route = f"POST /v1/customers/{of_whom}/erase"
        attempt = Attempt(caller.key_id, route, key, fingerprint_of(request))
        if first := await idempotency.begin(connection, attempt):
            return Asked(first.body, is_replayed=True)
        body = await _ask(connection, caller, customer_id, request, now)
        await idempotency.keep(connection, attempt, Stored(ACCEPTED, body))
        return Asked(body)


async def _ask(
    connection: Connection, caller: Caller, customer_id: str, request: EraseRequest, now: datetime
) -> dict[str, Any]:
    root = await erasures.root_of(connection, customer_id)
    if root is None:
        raise UnknownCustomer
    await erasures.hold_customer(connection, root)
    waiting = await erasures.open_of(connection, root)
    if waiting is not None and not await _has_failed(connection, waiting):
        return _accepted(waiting.erasure_id, waiting.job_id)
    erasure_id = uuid7() if waiting is None else waiting.erasure_id
    job_id = await jobs.enqueue(connection, KIND, {"erasure_id": erasure_id.hex})
    new = StoredErasure(erasure_id, root, job_id, caller.name, request.reason, now, None, {})
    await erasures.put(connection, new)
    made = Note(caller.name, "erasure.asked", str(erasure_id), {"reason": request.reason})
    await note(connection, made, at=now)
    return _accepted(erasure_id, job_id)


def _accepted(erasure_id: UUID, job_id: UUID | None) -> dict[str, Any]:
    accepted = ErasureAccepted(erasure_id=erasure_id, job_id=job_id, status="running")
    return accepted.model_dump(mode="json")


async def _has_failed(connection: Connection, erasure: StoredErasure) -> bool:
    job = None if erasure.job_id is None else await jobs.find(connection, erasure.job_id)
    return job is not None and job.status == "failed"


async def show_erasure(pool: Pool, erasure_id: UUID) -> Erasure:
    """Return the receipt of an erasure as far as it is; raises UnknownErasure."""
    async with pool.acquire() as connection:
        found = await erasures.find(connection, erasure_id)
        if found is None:
            raise UnknownErasure
        return _answer(found, has_failed=await _has_failed(connection, found))


def _answer(found: StoredErasure, *, has_failed: bool) -> Erasure:
    removed: Counter[str] = Counter()
    for counts in found.receipt.get("removed", {}).values():
        removed.update(counts)
    done = found.receipt.get("owners", [])
    status: ErasureStatus = "done" if found.finished_at else "failed" if has_failed else "running"
    return Erasure(
        erasure_id=found.erasure_id,
        status=status,
        requested_by=found.requested_by,
        reason=found.reason,
        requested_at=found.requested_at,
        finished_at=found.finished_at,
        refused_until=found.receipt.get("refused_until"),
        removed=dict(removed),
        waiting_for=[owner for owner in owners.OWNERS if owner not in done],
    )


async def settle(pool: Pool, clock: Clock) -> bool:
    """Take over into open receipts what each service has done; ends those with nobody left."""
    for erasure in await erasures.unfinished(pool, limit=_AT_ONCE):
        if "members" in erasure.receipt:
            await _settle(pool, erasure, clock.now())
    return False


async def _settle(pool: Pool, erasure: StoredErasure, now: datetime) -> None:
    """Keep the answers here: the outbox forgets them after some days."""
    done = set(erasure.receipt.get("owners", []))
    removed = dict(erasure.receipt["removed"])
    waiting = {o: row for o, row in erasure.receipt["asked"].items() if o not in done}
    told = await owners.answers_in(pool, waiting)
    if not told:
        return
    removed |= {f"{owner} texts": counts for owner, counts in told.items()}
    done |= told.keys()
    receipt = erasure.receipt | {"removed": removed, "owners": sorted(done)}
    finished_at = now if done >= set(owners.OWNERS) else None
    await erasures.write_receipt(pool, erasure.erasure_id, receipt, finished_at=finished_at)

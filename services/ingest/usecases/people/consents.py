"""Consents as people give them and take them back."""

from collections.abc import Mapping
from datetime import datetime

from asyncpg import Pool

from services.ingest.errors import Busy, UnknownCustomer
from services.ingest.queries import consents, erasures, identity, keys
from services.ingest.queries.consents import StoredConsent
from services.ingest.usecases.accept import CONTENTION, CUSTOMERS_CHANGED
from shared.contracts.privacy import ConsentChange, Consents
from shared.outbox import enqueue


async def show_consents(pool: Pool, customer_id: str) -> Consents:
    """Return what a customer agrees to and how it came; raises UnknownCustomer."""
    async with pool.acquire() as connection:
        root = await erasures.root_of(connection, customer_id)
        if root is None:
            raise UnknownCustomer
        return _answer(customer_id, await consents.history_of(connection, root))


async def put_consents(
    pool: Pool, customer_id: str, granted: Mapping[str, bool], *, now: datetime
) -> Consents:
    """Note consents from now on; raises UnknownCustomer, and Busy when others hold the customer."""
    try:
        async with pool.acquire() as connection, connection.transaction():
            await keys.hold_sequence(connection)
            root = await erasures.root_of(connection, customer_id)
            held = await identity.lock_customers(connection, [root] if root else [])
            if root is None or held[root].erased_at is not None:
                raise UnknownCustomer
            customer = held[root]
            if granted:
                version = customer.version + 1
                await identity.set_versions(
                    connection, {root: (version, customer.last_unlinked_return_at)}, now
                )
                await consents.add(connection, root, granted, version=version, now=now)
                await enqueue(connection, CUSTOMERS_CHANGED, {"profile_ids": [root.hex]})
            return _answer(customer_id, await consents.history_of(connection, root))
    except CONTENTION as error:
        raise Busy from error


def _answer(customer_id: str, history: list[StoredConsent]) -> Consents:
    return Consents(
        customer_id=customer_id,
        consents={each.purpose: each.is_granted for each in history},
        history=[
            ConsentChange(
                purpose=each.purpose,
                granted=each.is_granted,
                changed_at=each.changed_at,
                customer_version=each.customer_version,
                sequence=each.sequence,
            )
            for each in history
        ],
    )

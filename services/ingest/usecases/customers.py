"""Read and write profiles."""

import asyncio
import random
from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import Connection, Pool

from services.ingest.domain.identity import Claim, resolve
from services.ingest.errors import Busy, UnknownCustomer
from services.ingest.queries import consents, customers, identity, keys
from services.ingest.queries.customers import StoredProfile
from services.ingest.usecases.accept import CONTENTION, CUSTOMERS_CHANGED, Contended
from services.ingest.usecases.tombstones import refuse_erased
from shared.contracts.customers import CustomerProfile, CustomerUpdate, IdentifierAnswer
from shared.identifiers import lookup_key
from shared.ids import uuid7
from shared.outbox import enqueue
from shared.secrets import Secrets

_TRIES: Final = 6


async def get_customer(pool: Pool, customer_id: str, *, secrets: Secrets) -> CustomerProfile:
    """Return a profile with its identifiers in clear; raises UnknownCustomer."""
    async with pool.acquire() as connection:
        stored = await customers.profile_of(connection, customer_id)
    if stored is None:
        raise UnknownCustomer
    return _answer(stored, secrets)


async def put_customer(
    pool: Pool, customer_id: str, update: CustomerUpdate, *, secrets: Secrets, now: datetime
) -> CustomerProfile:
    """Create or replace a profile; identifiers are gained, contested ones stay and are listed."""
    for attempt in range(_TRIES):
        try:
            async with pool.acquire() as connection, connection.transaction():
                return await _put(connection, customer_id, update, secrets=secrets, now=now)
        except CONTENTION as error:
            if attempt == _TRIES - 1:
                raise Busy from error
            await asyncio.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - jitter
    raise AssertionError("unreachable")


async def _put(
    connection: Connection,
    customer_id: str,
    update: CustomerUpdate,
    *,
    secrets: Secrets,
    now: datetime,
) -> CustomerProfile:
    await keys.hold_sequence(connection)
    profile_id = await _identify(connection, customer_id, update, secrets=secrets, now=now)
    version = await customers.put_attributes(connection, profile_id, update.attributes, now)
    granted = {str(purpose): is_granted for purpose, is_granted in update.consents.items()}
    await consents.add(connection, profile_id, granted, version=version, now=now)
    await enqueue(connection, CUSTOMERS_CHANGED, {"profile_ids": [profile_id.hex]})
    stored = await customers.profile_of(connection, customer_id)
    if stored is None:
        raise UnknownCustomer
    return _answer(stored, secrets)


async def _identify(
    connection: Connection,
    customer_id: str,
    update: CustomerUpdate,
    *,
    secrets: Secrets,
    now: datetime,
) -> UUID:
    """Return the profile of a customer id, made or joined, holding its row until commit."""
    given = {"customer_id": customer_id} | update.identifiers.model_dump(exclude_none=True)
    claims = {Claim(kind, lookup_key(secrets, kind, value)): value for kind, value in given.items()}
    directory = await identity.directory_of(connection, claims)
    resolution = resolve(claims, directory, new_id=uuid7())
    profile_id = resolution.profile_id
    if resolution.is_new:
        await identity.add_profiles(connection, {profile_id: customer_id}, now)
    held = (await identity.lock_customers(connection, [profile_id]))[profile_id]
    if held.erased_at is not None:
        raise Contended
    if held.customer_id is None:
        await identity.name_profiles(connection, {profile_id: customer_id})
    elif held.customer_id != customer_id:
        raise Contended
    gained = [(c, profile_id, _sealed(secrets, c.kind, claims[c])) for c in resolution.gained]
    named = ((claim, claims[claim]) for claim in resolution.gained)
    await refuse_erased(connection, directory, named, secrets=secrets, now=now)
    if await identity.add_identifiers(connection, gained, now) < len(gained):
        raise Contended
    await identity.add_conflicts(connection, resolution.conflicts, now)
    return profile_id


def _sealed(secrets: Secrets, kind: str, value: str) -> bytes | None:
    return None if kind == "customer_id" else secrets.encrypt_identifier(kind, value)


def _answer(stored: StoredProfile, secrets: Secrets) -> CustomerProfile:
    return CustomerProfile(
        customer_id=stored.customer_id,
        attributes=stored.attributes,
        identifiers=[
            IdentifierAnswer(kind=kind, value=secrets.decrypt_identifier(kind, sealed))
            for kind, _, sealed in stored.identifiers
            if sealed is not None
        ],
        consents=stored.consents,
        version=stored.version,
        created_at=stored.created_at,
        updated_at=stored.updated_at,
    )

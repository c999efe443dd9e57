"""Read and write profiles."""

from asyncpg import Connection, Pool

from services.ingest.domain.traits import replaced
from services.ingest.errors import ProfileChanged, UnknownCustomer
from services.ingest.queries import consents, customers, keys
from services.ingest.queries.customers import StoredProfile
from services.ingest.usecases.accept import CUSTOMERS_CHANGED
from services.ingest.usecases.patience import patiently
from services.ingest.usecases.people.identifiers import Given, Giving, give
from services.ingest.usecases.people.links import By
from services.ingest.usecases.running import Ingest
from shared.contracts.customers import (
    CustomerProfile,
    CustomerUpdate,
    IdentifierAnswer,
    IdentifiersAnswer,
    IdentifiersRequest,
)
from shared.keys import Caller
from shared.outbox import enqueue
from shared.secrets import Secrets


async def get_customer(pool: Pool, customer_id: str, *, secrets: Secrets) -> CustomerProfile:
    """Return a profile with its identifiers in clear; raises UnknownCustomer."""
    async with pool.acquire() as connection:
        return await _require(connection, customer_id, secrets)


async def put_customer(
    ingest: Ingest, customer_id: str, update: CustomerUpdate, based_on: int | None = None
) -> CustomerProfile:
    """Create or replace a profile; identifiers are gained, contested ones stay and are listed.

    `based_on`: the version that was read (If-Match); raises ProfileChanged where it is another.
    """
    by = By("profile", ingest.clock.now())
    giving = Giving(customer_id, update.identifiers.given(), ingest.settings.trust)

    async def put(connection: Connection) -> CustomerProfile:
        await keys.hold_sequence(connection)
        await _require_version(connection, customer_id, based_on)  # nobody yet is none
        given = await give(connection, giving, secrets=ingest.secrets, by=by)
        await _require_version(connection, customer_id, based_on)  # held from here on
        attributes = replaced(update.attributes, by.now)
        root = given.root_id
        version = await customers.put_attributes(connection, root, attributes, by.now)
        granted = {str(purpose): is_granted for purpose, is_granted in update.consents.items()}
        await consents.add(connection, root, granted, version=version, now=by.now)
        await enqueue(connection, CUSTOMERS_CHANGED, {"profile_ids": [root.hex]})
        return await _require(connection, customer_id, ingest.secrets)

    return await patiently(ingest.pool, put)


async def give_identifiers(
    ingest: Ingest, caller: Caller, customer_id: str, request: IdentifiersRequest
) -> IdentifiersAnswer:
    """Link identifiers to a known customer; raises UnknownCustomer."""
    by = By(caller.name, ingest.clock.now())
    giving = Giving(
        customer_id,
        request.identifiers.given(),
        ingest.settings.trust,
        is_explicit=True,
        takes_over=request.take_over,
    )

    async def link_them(connection: Connection) -> IdentifiersAnswer:
        await keys.hold_sequence(connection)
        await _require(connection, customer_id, ingest.secrets)
        given = await give(connection, giving, secrets=ingest.secrets, by=by)
        customer = await _require(connection, customer_id, ingest.secrets)
        return _what_became(given, customer)

    return await patiently(ingest.pool, link_them)


async def _require(connection: Connection, customer_id: str, secrets: Secrets) -> CustomerProfile:
    stored = await customers.profile_of(connection, customer_id)
    if stored is None:
        raise UnknownCustomer
    return _answer(stored, secrets)


async def _require_version(connection: Connection, customer_id: str, based_on: int | None) -> None:
    if based_on is None:
        return
    if await customers.version_of(connection, customer_id) != based_on:
        raise ProfileChanged


def _what_became(given: Given, customer: CustomerProfile) -> IdentifiersAnswer:
    linking = given.linking
    return IdentifiersAnswer(
        customer=customer,
        gained=[claim.kind for claim in given.gained],
        taken_over=[move.claim.kind for move in linking.moves],
        contested=[conflict.claim.kind for conflict in linking.conflicts],
        merged=len(linking.links),
    )


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
        merged_from=list(stored.merged_from),
        version=stored.version,
        created_at=stored.created_at,
        updated_at=stored.updated_at,
    )

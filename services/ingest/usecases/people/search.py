"""Find a customer by whatever somebody has in hand."""

from collections.abc import Iterator

from asyncpg import Connection

from services.ingest.domain.identity import Claim
from services.ingest.domain.search import (
    BY_ORDER,
    BY_RECEIPT,
    Match,
    Person,
    in_order,
    name_in,
    ticket_in,
)
from services.ingest.queries import search
from services.ingest.usecases.people.spellings import identifiers_in, plain_in, regions_of
from services.ingest.usecases.read_items import order_key
from services.ingest.usecases.read_receipts import natural_key
from services.ingest.usecases.running import Ingest
from shared.contracts.search import CustomerSearch, FoundCustomer, MergedInto, SearchAnswer
from shared.identifiers import lookup_key


async def search_customers(ingest: Ingest, wanted: CustomerSearch) -> SearchAnswer:
    """Return who fits, exact matches first; nobody who was erased."""
    text = wanted.query.strip()
    async with ingest.pool.acquire() as connection:
        found = in_order(await _matches(connection, ingest, text, wanted.limit + 1))
        people = await search.people_of(connection, list(found))
    shown = [(people[profile], ways) for profile, ways in found.items() if profile in people]
    return SearchAnswer(
        items=[_answer(person, ways) for person, ways in shown[: wanted.limit]],
        has_more=len(shown) > wanted.limit,
    )


async def _matches(connection: Connection, ingest: Ingest, text: str, limit: int) -> list[Match]:
    now = ingest.clock.now()
    currency = await ingest.registry.base_currency(None, now)
    regions = regions_of(ingest.settings.phone_regions, currency)
    external = await search.external_kinds(connection)
    claims = [
        Claim(kind, lookup_key(ingest.secrets, kind, value))
        for kind, value in identifiers_in(text, external, regions)
    ]
    plain = plain_in(text)
    if plain is None:
        return await search.matches_of(connection, claims, ())
    orders = _order_keys(plain, await search.order_namespaces(connection))
    exact = await search.matches_of(connection, claims, orders)
    return exact + await search.beginning_with(connection, plain, limit)


def _order_keys(text: str, namespaces: list[str]) -> Iterator[tuple[str, bytes]]:
    for namespace in namespaces:
        yield BY_ORDER, order_key(namespace, text)
    if (ticket := ticket_in(text)) is not None:
        yield BY_RECEIPT, natural_key(ticket)


def _answer(person: Person, ways: list[str]) -> FoundCustomer:
    winner = person.winner_id
    merged = None if winner is None else MergedInto(customer_id=person.winner, profile_id=winner)
    return FoundCustomer(
        customer_id=person.customer_id,
        profile_id=person.profile_id,
        found_by=ways,
        merged_into=merged,
        name=name_in(person.attributes),
        created_at=person.created_at,
        first_seen_on=person.first_seen_on,
        last_seen_on=person.last_seen_on,
    )

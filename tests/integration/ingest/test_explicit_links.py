"""What an identify and an alias do: a browser's history follows the person, claims move."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from services.ingest.domain.arrival import Arrival
from services.ingest.usecases.accept import Outcome, accept
from services.ingest.usecases.read_events import read_event
from services.ingest.usecases.read_items import claims_of
from services.ingest.usecases.rebuilds.rebuild import Rebuild
from shared.contracts.common import CustomerReference
from tests.integration.ingest.conftest import Shop
from tests.tills import event
from tests.unit.ingest.readings import NOW, SECRETS, make_reading

_numbers = count()


def seen(who: dict[str, Any], **changes: Any) -> Arrival:
    """A page that somebody looked at."""
    name = f"seen-{next(_numbers)}"
    body = event(name, "product_viewed") | {"customer": who}
    return replace(read_event(0, body, make_reading()), **changes)


def identify(who: dict[str, Any], **changes: Any) -> Arrival:
    return seen(who, is_explicit=True, **changes)


def alias(user: str, *previous: dict[str, Any]) -> Arrival:
    pairs = [claims_of(CustomerReference.model_validate(each), SECRETS) for each in previous]
    return identify(
        {"customer_id": user},
        previous=tuple(claim for claims, _ in pairs for claim in claims),
        previous_values=tuple(value for _, values in pairs for value in values),
    )


async def take(shop: Shop, *arrivals: Arrival) -> Outcome:
    numbered = [replace(arrival, index=index) for index, arrival in enumerate(arrivals)]
    return await accept(shop.pool, numbered, secrets=SECRETS, now=NOW)


async def views(shop: Shop, customer_id: str) -> int:
    found: int = (await shop.day(customer_id)).get("views", 0)
    return found


async def is_sound(shop: Shop) -> bool:
    work = Rebuild(repairs=False)
    return not [found async for found in work.run(shop.pool, lambda _done, _of: None)]


WEB = {"anonymous_id": "a-1"}
ANN, BOB = {"customer_id": "ann"}, {"customer_id": "bob"}


@pytest.mark.parametrize("is_one_batch", [True, False])
async def test_what_a_browser_did_follows_the_person_it_identifies(
    shop: Shop, is_one_batch: bool
) -> None:
    history = [seen(WEB), seen(ANN), identify(ANN | WEB), seen(WEB)]
    for batch in [history] if is_one_batch else [[each] for each in history]:
        await take(shop, *batch)
    assert await views(shop, "ann") == 4
    assert await is_sound(shop)


async def test_an_unknown_person_takes_the_browser_they_came_with(shop: Shop) -> None:
    await take(shop, seen(WEB))
    await take(shop, identify(ANN | WEB))
    assert (await views(shop, "ann"), await shop.count("customers")) == (2, 1)
    assert await shop.count("identity_links") == 0


async def test_identifying_again_links_once(shop: Shop) -> None:
    again = identify(ANN | WEB)
    await take(shop, seen(WEB), seen(ANN), again)
    await take(shop, again, identify(ANN | WEB))
    assert await shop.count("identity_links") == 1


async def test_a_shared_browser_moves_and_its_history_stays(shop: Shop) -> None:
    await take(shop, seen(ANN | WEB), seen(BOB))
    await take(shop, identify(BOB | WEB), seen(WEB))
    assert (await views(shop, "ann"), await views(shop, "bob")) == (1, 3)
    assert await shop.count("identity_conflicts") == 0
    moved = await shop.pool.fetchrow("SELECT actor, action, details ->> 'kind' FROM audit_log")
    assert tuple(moved) == ("event", "move_identifier", "anonymous_id")


async def test_a_browser_linked_to_one_person_moves_alone_to_the_next(shop: Shop) -> None:
    await take(shop, seen(WEB), seen(ANN), identify(ANN | WEB))
    await take(shop, identify(BOB | WEB), seen(WEB))
    assert (await views(shop, "ann"), await views(shop, "bob")) == (3, 2)
    assert await is_sound(shop)


async def test_without_an_identify_nothing_moves_and_a_conflict_is_listed(shop: Shop) -> None:
    await take(shop, seen(WEB), seen(ANN))
    await take(shop, seen(ANN | WEB))
    assert await views(shop, "ann") == 2
    assert await shop.count("identity_conflicts") == 1
    assert await shop.count("identity_links") == 0


async def test_an_alias_of_two_known_customers_makes_them_one(shop: Shop) -> None:
    await take(shop, seen(ANN), seen(BOB))
    await take(shop, alias("ann", BOB))
    await take(shop, seen(BOB))
    assert (await views(shop, "ann"), await views(shop, "bob")) == (4, 0)
    assert await is_sound(shop)


async def test_an_alias_of_a_browser_brings_its_history(shop: Shop) -> None:
    await take(shop, seen(WEB), seen(ANN), alias("ann", {"customer_id": "a-1"}, WEB))
    assert await views(shop, "ann") == 3


async def test_an_alias_of_an_unknown_browser_names_it(shop: Shop) -> None:
    await take(shop, alias("ann", WEB), seen(WEB))
    assert (await views(shop, "ann"), await shop.count("customers")) == (2, 1)


async def test_a_link_moves_both_versions_and_tells_both(shop: Shop) -> None:
    await take(shop, seen(WEB), seen(ANN))
    before = await versions(shop)
    await shop.pool.execute("DELETE FROM outbox")
    await take(shop, identify(ANN | WEB))
    assert all(after > before[profile] for profile, after in (await versions(shop)).items())
    told = await shop.pool.fetch("SELECT payload -> 'profile_ids' AS ids FROM outbox")
    assert {each for row in told for each in row["ids"]} == {p.hex for p in before}


async def versions(shop: Shop) -> dict[Any, int]:
    rows = await shop.pool.fetch("SELECT profile_id, version FROM customers")
    return {row[0]: row[1] for row in rows}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_the_later_word_on_an_attribute_stays(shop: Shop, order: tuple[int, int]) -> None:
    told = [
        at(3, identify(ANN, traits={"city": "Wuhan", "size": "M"})),
        at(4, identify(ANN, traits={"city": "Lijiang", "size": None, "pet": "cat"})),
    ]
    for index in order:
        await take(shop, told[index])
    known = await shop.value("SELECT attributes FROM customers")
    assert known == {"city": "Lijiang", "pet": "cat"}


def at(hour: int, arrival: Arrival) -> Arrival:
    when = datetime(2026, 11, 20, hour, tzinfo=UTC)
    where = replace(arrival.record.occasion, effective_at=when)
    return replace(arrival, record=replace(arrival.record, occasion=where))

"""Every kind of sender who names somebody erased is answered as ever, and leaves nothing behind."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.ingest.usecases.privacy.erase import erase
from tests.erasures import erasing, places_of
from tests.import_runs import Run
from tests.integration.ingest.conftest import Shop, platform_at
from tests.integration.ingest.test_erase import (
    ANN,
    EMAIL,
    NAMES,
    OWN,
    PHONE,
    SECRETS,
    TOTALS,
    ask,
    differences,
    erased,
    tell_of_ann,
)
from tests.integration.ingest.test_segment import bought, message, refusals, say
from tests.tills import receipt


@pytest.fixture
async def after(shop: Shop, module_database_url: str) -> Shop:
    """The shop after Ann was erased."""
    await tell_of_ann(shop)
    await erased(shop, module_database_url)
    await shop.pool.execute("DELETE FROM quarantine")
    return shop


@pytest.mark.parametrize(
    "told",
    [
        message(userId=OWN, event="Product Viewed", properties={"sku": "tea"}),
        message(userId=None, anonymousId="a-1", context={"traits": {"email": EMAIL}}),
        message("identify", userId="new", traits={"email": EMAIL, "phone": PHONE}),
        message("alias", userId=OWN, previousId="a-7"),
        bought() | {"userId": OWN},
        message(userId=OWN, timestamp="no instant"),
    ],
    ids=["track", "traits", "identify", "alias", "order", "malformed"],
)
async def test_segment_messages(after: Shop, told: dict[str, Any]) -> None:
    before = await after.count("events")
    answer = await say(after, told, bought("o-2", userId="c-1"))
    assert (answer.status_code, answer.content) == (200, b'{"success":true}')
    assert await after.count("events") == before + 1
    assert len(await refusals(after)) == 1
    assert await places_of(after.pool, NAMES, SECRETS) == []


async def test_an_alias_from_the_erased_links_nobody(after: Shop) -> None:
    await say(after, message("alias", userId="new", previousId=OWN))
    assert await places_of(after.pool, NAMES, SECRETS) == []


async def test_a_file(after: Shop, tmp_path: Path) -> None:
    file, mapping = tmp_path / "file.csv", tmp_path / "mapping.json"
    file.write_text(
        "customer_id,occurred_at,amount,quantity,order_id,sku\n"
        f"{OWN},2020-01-01,10,2,1,tea\nb,2020-01-03,7,1,3,hat\n"
    )
    mapping.write_text('{"constants": {"currency": "CNY", "store_id": "online"}}')
    run = Run(file, str(mapping))
    assert (await run.into(after.pool)).accepted == 1
    assert run.codes == [(1, "erased")]
    assert await places_of(after.pool, NAMES, SECRETS) == []


async def test_a_profile_linked_to_the_erased(after: Shop) -> None:
    await after.put_customer("new")
    answer = await after.http.post("/v1/customers/new/identifiers", json={"phone": PHONE})
    assert answer.status_code in (410, 422)
    merge = await after.http.post("/v1/merges", json={"winner": "new", "loser": OWN})
    assert merge.status_code in (404, 422)
    assert await places_of(after.pool, NAMES, SECRETS) == []


async def test_a_job_that_runs_twice_erases_once(shop: Shop, module_database_url: str) -> None:
    await shop.accept(receipt(1, customer=ANN))
    erasure_id = UUID((await ask(shop))["erasure_id"])
    parts = erasing(shop.pool, platform_at(module_database_url))
    await erase(parts, erasure_id)
    state = "SELECT (SELECT version FROM customers), (SELECT count(*) FROM outbox)"
    first = tuple(await shop.pool.fetchrow(state))
    await erase(parts, erasure_id)
    assert tuple(await shop.pool.fetchrow(state)) == first


async def test_corrections_and_foreign_money_of_the_erased_still_add_up(
    shop: Shop, module_database_url: str
) -> None:
    rate = {"currency": "USD", "valid_from": "2026-01-01", "rate": "7.1"}
    rates = {"base_currency": "CNY", "rates": [rate]}
    assert (await shop.http.put("/v1/exchange-rates", json=rates)).status_code == 200
    updated = bought(revenue=40) | {"event": "Order Updated", "messageId": "m-2"}
    foreign = bought("o-2", currency="USD")
    await shop.accept(receipt(1), receipt(2, customer=ANN))
    await say(shop, *(each | {"userId": OWN} for each in (bought(), updated, foreign)))
    assert await refusals(shop) == []
    before = tuple(await shop.pool.fetchrow(TOTALS))
    await erased(shop, module_database_url)
    assert tuple(await shop.pool.fetchrow(TOTALS)) == before
    assert await differences(shop) == []

"""Two processes that link, merge and undo the same people at once: one truth comes of it."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from services.ingest.usecases.rebuilds.rebuild import Rebuild
from tests.servers import add_key, query, running
from tests.tills import receipt
from tests.trained import raw_pool

PEOPLE, ROUNDS = ("a", "b", "c", "d"), 12
NOW = "2026-11-22T01:00:00Z"


@pytest.fixture
def addresses(database_url: str) -> Iterator[tuple[str, str]]:
    with (
        running("ingest", database_url, BUSINESS_NOW=NOW) as one,
        running("ingest", database_url, BUSINESS_NOW=NOW) as other,
    ):
        yield one.url, other.url


async def rush(addresses: tuple[str, str], database_url: str) -> list[int]:
    """Send everything at once, each request to the next of the two processes."""
    headers = {"Authorization": f"Bearer {add_key(database_url)}"}
    async with httpx.AsyncClient(headers=headers, timeout=60) as http:
        await asyncio.gather(*(send(http, f"{addresses[0]}{p}", b) for p, b in _people()))
        return await asyncio.gather(
            *(
                send(http, f"{addresses[number % 2]}{path}", body)
                for number, (path, body) in enumerate(_all())
            )
        )


async def send(http: httpx.AsyncClient, address: str, body: Any) -> int:
    """Send as clients do: again while the service says that it is busy; give the last status."""
    answer = await http.post(address, json=body)
    for _ in range(30):
        if answer.status_code != 503:
            break
        await asyncio.sleep(int(answer.headers["retry-after"]) / 4)
        answer = await http.post(address, json=body)
    return answer.status_code


def _people() -> Iterator[tuple[str, Any]]:
    for number, name in enumerate(PEOPLE):
        yield "/v1/receipts", {"receipts": [receipt(number, customer={"customer_id": name})]}


def _all() -> Iterator[tuple[str, Any]]:
    for turn in range(ROUNDS):
        user, other = PEOPLE[turn % 4], PEOPLE[(turn + 1) % 4]
        yield "/v1/identify", {"messageId": f"i{turn}", "userId": user, "anonymousId": "browser"}
        yield "/v1/track", {"messageId": f"t{turn}", "anonymousId": "browser", "event": "Seen"}
        merge = {"winner": {"customer_id": user}, "loser": {"customer_id": other}}
        yield "/v1/merges", merge
        sale = receipt(100 + turn, customer={"customer_id": other})
        yield "/v1/receipts", {"receipts": [sale]}
        new = {"customer_id": f"new-{turn % 2}", "anonymous_id": "browser"}
        yield "/v1/receipts", {"receipts": [receipt(200 + turn, customer=new)]}


async def test_one_truth_comes_of_it(addresses: tuple[str, str], database_url: str) -> None:
    assert set(await rush(addresses, database_url)) <= {200, 201, 409}
    assert [what for what, search in BROKEN.items() if query(database_url, search)] == []
    sold = query(database_url, "SELECT sum(orders)::int AS sold FROM customer_day")[0]["sold"]
    assert sold == len(PEOPLE) + 2 * ROUNDS
    assert await differences(database_url) == []


#: What must never be found, whoever was faster.
BROKEN = {
    "who counts for somebody who counts for another": """
        SELECT 1 FROM customers l JOIN customers w ON w.profile_id = l.merged_into
        WHERE w.merged_into IS NOT NULL""",
    "a customer id that its profile is not named by": """
        SELECT 1 FROM identifiers i JOIN customers c USING (profile_id)
        WHERE i.kind = 'customer_id'
            AND c.customer_id IS DISTINCT FROM convert_from(i.lookup_key, 'UTF8')""",
    "who counts for somebody and is not linked, once": """
        SELECT 1 FROM customers c WHERE (c.merged_into IS NOT NULL) <> (1 = (
            SELECT count(*) FROM identity_links l
            WHERE l.loser_id = c.profile_id AND l.undone_at IS NULL))""",
}


async def differences(database_url: str) -> list[Any]:
    async with raw_pool(database_url) as pool:
        work = Rebuild(repairs=False)
        return [found async for found in work.run(pool, lambda _done, _of: None)]

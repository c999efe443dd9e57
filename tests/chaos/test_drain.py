"""SIGTERM under load behind a balancer of two (PROMISES P10): DRAIN_ROUNDS changes the run."""

import asyncio
import os
import random
from pathlib import Path

import httpx

from tests.chaos.balancer import Balancer
from tests.chaos.ledger import Ledger
from tests.chaos.reconcile import reconcile
from tests.chaos.senders import receipt
from tests.servers import Server, add_key, running

ROUNDS = int(os.environ.get("DRAIN_ROUNDS", "2"))
SEED = int(os.environ.get("CHAOS_SEED", "20261122"))
TILLS, DRAIN_S = 8, "1"


async def _send_until(stop: asyncio.Event, balancer: Balancer, ledger: Ledger, till: int) -> None:
    dice, number = random.Random(SEED + till), till * 10_000_000
    while not stop.is_set():
        batch = []
        for _ in range(dice.choice((1, 1, 5, 50))):
            number += 1
            batch.append(receipt(number, dice))
        ledger.sending(batch)
        answer = await balancer.post("/v1/receipts", {"receipts": batch})
        if answer is not None:
            assert answer.status_code == 200, answer.text
            ledger.acknowledged(batch)


async def _stop_in_turn(servers: list[Server], headers: dict[str, str], ledger: Ledger) -> Balancer:
    stop = asyncio.Event()
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    async with httpx.AsyncClient(headers=headers, limits=limits, timeout=30) as client:
        balancer = Balancer(client, [server.url for server in servers])
        watching = asyncio.create_task(balancer.watch())
        tills = [
            asyncio.create_task(_send_until(stop, balancer, ledger, till))
            for till in range(1, TILLS + 1)
        ]
        for number in range(ROUNDS):
            server = servers[number % 2]
            while len(balancer.ready) < len(servers):
                await asyncio.sleep(0.05)
            assert await asyncio.to_thread(server.stop) == 0
            await asyncio.to_thread(server.start)
        stop.set()
        await asyncio.gather(*tills)
        watching.cancel()
    return balancer


def test_a_process_that_is_asked_to_leave_breaks_no_connection_and_loses_nothing(
    database_url: str, tmp_path: Path
) -> None:
    ledger = Ledger(tmp_path / "ledger.ndjson")
    headers = {"Authorization": f"Bearer {add_key(database_url)}"}
    settings = {"BUSINESS_NOW": "2026-03-02T00:00:00Z", "INGEST_DRAIN_S": DRAIN_S}
    with (
        running("ingest", database_url, **settings) as one,
        running("ingest", database_url, **settings) as other,
    ):
        balancer = asyncio.run(_stop_in_turn([one, other], headers, ledger))
    ledger.close()
    verdict = reconcile(ledger, database_url)
    print(f"seed {SEED}, {ROUNDS} rounds", balancer.tally, verdict)
    assert len(balancer.left_in_order) == ROUNDS
    assert balancer.tally == {}
    assert verdict.acknowledged > 100
    assert verdict.is_clean
    assert verdict.unacknowledged_stored == 0

"""kill -9 of ingest under load (PROMISES P1, P2): CHAOS_ROUNDS and CHAOS_SEED change the run."""

import asyncio
import os
import random
from pathlib import Path

import httpx

from tests.chaos.ledger import Ledger
from tests.chaos.reconcile import reconcile
from tests.chaos.senders import Sender
from tests.servers import Server, add_key, running

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "10"))
SEED = int(os.environ.get("CHAOS_SEED", "20261122"))
SENDERS = 8


async def _kill_again_and_again(server: Server, senders: list[Sender], dice: random.Random) -> None:
    stop = asyncio.Event()
    async with httpx.AsyncClient(timeout=10) as client:
        tasks = [asyncio.create_task(sender.send_until(stop, client)) for sender in senders]
        for _ in range(ROUNDS):
            await asyncio.sleep(dice.uniform(0.05, 2))
            server.kill()
            await asyncio.to_thread(server.start)
        await asyncio.sleep(1)
        stop.set()
        await asyncio.gather(*tasks)


def test_killing_ingest_loses_nothing_acknowledged_and_counts_nothing_twice(
    database_url: str, tmp_path: Path
) -> None:
    print(f"seed {SEED}, {ROUNDS} rounds")
    ledger = Ledger(tmp_path / "ledger.ndjson")
    headers = {"Authorization": f"Bearer {add_key(database_url)}"}
    with running("ingest", database_url, BUSINESS_NOW="2026-03-02T00:00:00Z") as server:
        senders = [
            Sender(server.url, headers, ledger, number, random.Random(SEED + number))
            for number in range(1, SENDERS + 1)
        ]
        asyncio.run(_kill_again_and_again(server, senders, random.Random(SEED)))
    ledger.close()
    verdict = reconcile(ledger, database_url)
    print(verdict)
    assert verdict.acknowledged > 100
    assert verdict.lost == []
    assert verdict.doubled == []
    assert verdict.differing == {}

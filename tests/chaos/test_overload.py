"""More than ingest takes (PROMISES P11): what is refused says when, what is taken is stored."""

import psutil
import uvloop

from tests.load.bench_overload import posted
from tests.load.open_loop import Answer, Shooter
from tests.servers import Server, add_key, query, running

SIZE, REQUESTS, PER_S, SECONDS = 50, 300, 400, 2


async def _overloaded(server: Server, key: str) -> tuple[list[Answer], list[Answer]]:
    shooter = Shooter(server.port)
    for start in range(1, REQUESTS * SIZE, SIZE):
        shooter.waiting.append(posted(key, tuple(range(start, start + SIZE))))
    during = await shooter.run(PER_S, SECONDS)
    after = await shooter.run(2, 2)
    shooter.close()
    return during, after


def test_overload_is_shed_and_nothing_taken_is_lost(database_url: str) -> None:
    settings = {"INGEST_QUEUE_BYTES": "262144", "INGEST_QUEUE_FLOOR_BYTES": "65536"}
    key = add_key(database_url)
    with running("ingest", database_url, BUSINESS_NOW="2026-11-01T00:00:00Z", **settings) as server:
        during, after = uvloop.run(_overloaded(server, key))
        memory = psutil.Process(server.process.pid).memory_info().rss / 2**20
    taken = [answer for answer in during + after if answer.status == 200]
    refused = [answer for answer in during if answer.status == 503]
    assert {answer.status for answer in during} == {200, 503}
    assert all(1 <= int(answer.retry_after) <= 3 for answer in refused)
    assert [answer.status for answer in after] == [200] * len(after)
    stored = query(database_url, "SELECT count(*) AS n FROM events")[0]["n"]
    assert stored == len(taken) * SIZE
    assert memory < 300

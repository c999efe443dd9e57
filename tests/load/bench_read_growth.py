"""The tier read on a large base against a small one, in turn in one run.

A million customers take a quarter of an hour to write, so it runs only when it is named:
`python -m tests.load read_growth`; GROWN=100000 makes it a smaller base.
"""

import os
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median

import uvloop
from typing_extensions import override

from deploy.demo.planted import customer_id
from deploy.local.postgres import PostgresServer
from tests.databases import Databases
from tests.load import cpu
from tests.load.base import spec_of
from tests.load.bench_programme_read import PROGRAMMES, path_of
from tests.load.bench_tier_read import CONNECTIONS, Side, timed
from tests.load.coffee import publish_coffee
from tests.load.requests import get
from tests.load.scored import SETTINGS, make_scored_base
from tests.load.table import Row
from tests.servers import add_key, running

FEW, MANY = 10_000, int(os.environ.get("GROWN", "1000000"))
ROUNDS, REQUESTS, WARM = 5, 8000, 20_000
MOST = 1.25


@dataclass(slots=True)
class Base(Side):
    """A server on a base of some size."""

    customers: int = FEW

    @override
    def requests(self, rng: random.Random, count: int) -> list[bytes]:
        spec = spec_of(self.customers)
        asked = rng.choices(range(1, self.customers + 1), k=count)
        return [get(self.path.format(customer_id(spec, n)), self.key) for n in asked]


def bench(server: PostgresServer, databases: Databases) -> list[Row]:
    """Serve both bases from one core, in turn."""
    with ExitStack() as opened:
        urls = {n: opened.enter_context(_made(databases, n)) for n in (FEW, MANY)}
        cores = opened.enter_context(cpu.server_apart(server.cluster.data_dir))
        sides: dict[str, list[Base]] = {name: [] for name in PROGRAMMES}
        for customers, url in urls.items():
            scoring = opened.enter_context(running("scoring", url, **SETTINGS))
            pid, key = scoring.process.pid, add_key(url)
            cores.pin(pid)
            for name, found in sides.items():
                found.append(Base(scoring.port, pid, path_of(name), key, customers=customers))
        return uvloop.run(_measure(server, sides))


@contextmanager
def _made(databases: Databases, customers: int) -> Iterator[str]:
    with databases.temporary() as url:
        uvloop.run(make_scored_base(url, customers))
        uvloop.run(publish_coffee(url))
        yield url


async def _measure(server: PostgresServer, sides: dict[str, list[Base]]) -> list[Row]:
    rng = random.Random(5)
    for pair in sides.values():
        for side in pair:
            await timed(server, side, side.requests(rng, WARM), CONNECTIONS)
            side.forget()
    for _ in range(ROUNDS):
        for pair in sides.values():
            for side in pair:
                await timed(server, side, side.requests(rng, REQUESTS), CONNECTIONS)
    return [_row(name, few, many) for name, (few, many) in sides.items()]


def _row(name: str, few: Base, many: Base) -> Row:
    ratio = median(f.per_s / m.per_s for f, m in zip(few.rounds, many.rounds, strict=True))
    return Row(
        name=f"tier read of {name}, {many.customers:,} customers against {few.customers:,}",
        figure=f"{many.per_s:,.0f}/s",
        limit=f"{few.per_s:,.0f}/s",
        ratio=ratio,
        goal=f"<= {MOST} times the cost",
        is_met=ratio <= MOST,
    )

"""The tier read of a value and of a status programme, each against the limit of the same run."""

import random
from statistics import median

import uvloop

from deploy.local.postgres import PostgresServer
from tests.databases import Databases
from tests.load import cpu
from tests.load.bench_tier_read import CONNECTIONS, CUSTOMERS, Side, bare_server, prepare, timed
from tests.load.coffee import publish_coffee
from tests.load.scored import SETTINGS
from tests.load.table import Row
from tests.servers import add_key, running

ROUNDS, REQUESTS = 9, 4000
GOAL, TAIL_GOAL = 0.7, 2.0
PROGRAMMES = ("value", "coffee")


def bench(server: PostgresServer, databases: Databases) -> list[Row]:
    """Serve all in turn on a core of their own; client and Postgres share the others."""
    with databases.temporary() as url:
        uvloop.run(prepare(url))
        uvloop.run(publish_coffee(url))
        with (
            cpu.server_apart(server.cluster.data_dir) as cores,
            running("scoring", url, **SETTINGS) as scoring,
            bare_server(url) as bare,
        ):
            cores.pin(scoring.process.pid)
            cores.pin(bare.pid)
            key, pid = add_key(url), scoring.process.pid
            sides = [Side(scoring.port, pid, path_of(name), key) for name in PROGRAMMES]
            return uvloop.run(_measure(server, sides, bare))


def path_of(programme: str) -> str:
    return f"/v1/customers/{{}}/tier?programme={programme}"


async def _measure(server: PostgresServer, sides: list[Side], bare: Side) -> list[Row]:
    rng = random.Random(4)
    for turn in range(ROUNDS + 1):
        for side in (*sides, bare):
            await timed(server, side, side.requests(rng, REQUESTS), CONNECTIONS)
            if turn == 0:  # all of them warm
                side.forget()
    named = zip(PROGRAMMES, sides, strict=True)
    return [
        row for name, side in named for row in (_rate(name, side, bare), _tail(name, side, bare))
    ]


def _rate(name: str, side: Side, bare: Side) -> Row:
    ratio = median(s.per_s / b.per_s for s, b in zip(side.rounds, bare.rounds, strict=True))
    return Row(
        name=f"tier read of {name}, {CONNECTIONS} connections, {CUSTOMERS:,} customers",
        figure=f"{side.per_s:,.0f}/s",
        limit=f"bare ASGI + key fetch {bare.per_s:,.0f}/s",
        ratio=ratio,
        goal=f">= {GOAL}",
        is_met=ratio >= GOAL,
        note=f"CPU us a read: service {_us(side.service_s)} (limit {_us(bare.service_s)}),"
        f" Postgres {_us(side.postgres_s)} (limit {_us(bare.postgres_s)})",
    )


def _tail(name: str, side: Side, bare: Side) -> Row:
    mine, theirs = (median(r.percentile(0.99) for r in each.rounds) for each in (side, bare))
    return Row(
        name=f"p99 of that read of {name}",
        figure=f"{mine * 1e3:.1f} ms",
        limit=f"{theirs * 1e3:.1f} ms",
        ratio=mine / theirs,
        goal=f"<= {TAIL_GOAL}",
        is_met=mine / theirs <= TAIL_GOAL,
    )


def _us(seconds: list[float]) -> str:
    return f"{median(seconds) / REQUESTS * 1e6:.0f}"

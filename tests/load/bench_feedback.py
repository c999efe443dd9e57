"""Feedback over HTTP at 64 connections, against bare one-row commits at the same 64.

Scoring runs beside it: every answer holds the tier held now, and what asks for it opens a case.
Once ingest is away (the events wait in the outbox), once it is told everything at once, counts it
and has scoring decide anew: then all of that is part of the figure.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, islice
from statistics import median
from typing import Any, Final

import asyncpg
import uvloop

from deploy.demo.planted import customer_id
from deploy.demo.voices import COMPLAINTS, CSAT, NPS, REVIEWS
from deploy.local.postgres import PostgresServer
from tests.databases import Databases
from tests.load import cpu
from tests.load.base import spec_of
from tests.load.bench_single import BARE, committed
from tests.load.requests import Round, drive, post
from tests.load.scored import SETTINGS, make_scored_base
from tests.load.table import Row
from tests.servers import Server, add_key, running

Body = dict[str, Any]
CUSTOMERS, CONNECTIONS, ROUNDS, REQUESTS = 10_000, 64, 7, 3000
GOAL: Final = 0.4
NOWHERE: Final = "http://127.0.0.1:9"
#: Kinds as a shop gets them, in hundredths.
_SHARES: Final = {"csat": 50, "nps": 30, "review": 12, "complaint": 8}


@dataclass(slots=True)
class Side:
    """One way to run it, its rounds, and the CPU seconds they used by process."""

    name: str
    servers: dict[str, Server]
    goal: float | None
    posted: list[Round] = field(default_factory=list)
    used_s: dict[str, list[float]] = field(default_factory=dict)


def bench(server: PostgresServer, databases: Databases) -> list[Row]:
    """Post feedback one by one; commit the same bodies one by one; in turn."""
    with databases.temporary() as url, databases.temporary() as bare_url:
        uvloop.run(make_scored_base(url, CUSTOMERS))
        key = add_key(url)
        settings = SETTINGS | {"TIERLINE_SERVICE_KEY": key}
        with (
            running("scoring", url, **settings) as scoring,
            running("ingest", url, SCORING_URL=scoring.url, **settings) as ingest,
        ):
            settings |= {"SCORING_URL": scoring.url}
            with (
                running("feedback", url, INGEST_URL=NOWHERE, **settings) as alone,
                running("feedback", url, INGEST_URL=ingest.url, **settings) as telling,
            ):
                away = {"feedback": alone, "scoring": scoring}
                there = {"feedback": telling, "scoring": scoring, "ingest": ingest}
                sides = [
                    Side("tier attached", away, GOAL),
                    Side("tier attached, counted at once", there, None),
                ]
                return uvloop.run(_measure(server, sides, key, (url, bare_url)))


def bodies(rng: random.Random) -> Iterator[Body]:
    """Make feedback of known customers, by card or by id, without end."""
    spec = spec_of(CUSTOMERS)
    for number in count():
        (kind,) = rng.choices(list(_SHARES), list(_SHARES.values()))
        body: Body = {
            "kind": kind,
            "channel": rng.choice(["web", "app", "phone", "call_back"]),
            "customer": {"customer_id": customer_id(spec, rng.randint(1, CUSTOMERS))},
            "order_id": f"o-{number}",
            "feedback_id": f"f-{number}",
        }
        if kind in ("csat", "review"):
            body["rating"] = rng.choices(range(1, 6), CSAT)[0]
        if kind == "nps":
            body["rating"] = rng.choices(range(11), NPS)[0]
        if kind in ("review", "complaint"):
            words = REVIEWS if kind == "review" else COMPLAINTS
            body["language"], body["text"] = rng.choice(words)
        yield body


async def _measure(
    server: PostgresServer, sides: list[Side], key: str, urls: tuple[str, str]
) -> list[Row]:
    made, bare = bodies(random.Random(6)), list[float]()
    connections = [await asyncpg.connect(urls[1], ssl=False) for _ in range(CONNECTIONS)]
    await connections[0].execute(BARE)
    for number in range(ROUNDS + 1):
        for side in sides:
            requests = [_request(key, body) for body in islice(made, REQUESTS)]
            await _round(server, side, requests)
        bare.append(await committed(connections, number, list(islice(made, REQUESTS))))
        if not number:  # the first round warms everything up
            bare.clear()
            for side in sides:
                side.posted.clear()
                side.used_s.clear()
    for connection in connections:
        await connection.close()
    known = await _known(urls[0])
    return [_row(side, bare, known) for side in sides]


def _request(key: str, body: Body) -> bytes:
    return post("/v1/feedback", key, json.dumps(body).encode())


async def _round(server: PostgresServer, side: Side, requests: list[bytes]) -> None:
    before = _used(server, side.servers)
    side.posted.append(await drive(side.servers["feedback"].port, requests, CONNECTIONS))
    for name, seconds in _used(server, side.servers).items():
        side.used_s.setdefault(name, []).append(seconds - before[name])


def _used(server: PostgresServer, servers: dict[str, Server]) -> dict[str, float]:
    """Tell the CPU seconds used so far, by process."""
    used = {name: cpu.of_process(each.process.pid) for name, each in servers.items()}
    return used | {"Postgres": cpu.of_postgres(server.cluster.data_dir)}


async def _known(url: str) -> float:
    """Tell which part of the feedback was stored with the tier held."""
    connection = await asyncpg.connect(url, ssl=False)
    share = await connection.fetchval(
        "SELECT avg((is_tier_known AND tier_held IS NOT NULL)::int)::float FROM feedback"
    )
    await connection.close()
    return float(share)


def _row(side: Side, bare: list[float], known: float) -> Row:
    per_s = median(each.per_s for each in side.posted)
    ratio = median(x.per_s / rate for x, rate in zip(side.posted, bare, strict=True))
    p50, p99 = (median(each.percentile(p) for each in side.posted) * 1e3 for p in (0.5, 0.99))
    used = ", ".join(
        f"{name} {median(seconds) / REQUESTS * 1e6:.0f}" for name, seconds in side.used_s.items()
    )
    return Row(
        name=f"feedback, {CONNECTIONS} connections, {side.name}",
        figure=f"{per_s:,.0f}/s, p50 {p50:.0f} ms, p99 {p99:.0f} ms",
        limit=f"bare one-row commits {median(bare):,.0f}/s",
        ratio=ratio,
        goal="" if side.goal is None else f">= {side.goal}",
        is_met=side.goal is None or ratio >= side.goal,
        note=f"{known:.1%} with their tier; CPU us a piece: {used}",
    )

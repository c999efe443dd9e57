"""Five times more than ingest can take, open loop: it sheds, goes on at its pace, and recovers."""

import json
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

import psutil
import uvloop

from deploy.local.postgres import PostgresServer
from tests.databases import Databases
from tests.load.open_loop import Answer, Shooter
from tests.load.requests import drive, post
from tests.load.table import Row
from tests.servers import Server, add_key, running

Body = dict[str, Any]
NOW: Final = "2026-11-01T00:00:00Z"
#: Receipts of a request, requests made beforehand, seconds of each load.
SIZE, REQUESTS, SECONDS = 50, 4000, 4.0
LOADS: Final = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Load:
    """What one load showed: receipts stored a second, and how long answers took."""

    goodput: float
    p99_s: float
    refused: int
    refused_p99_s: float
    cut_off: int


def bench(server: PostgresServer, databases: Databases) -> list[Row]:
    """Find what it takes with 8 senders, then send 1, 2 and 5 times that."""
    with (
        databases.temporary() as url,
        running("ingest", url, BUSINESS_NOW=NOW) as ingest,
    ):
        return uvloop.run(_measure(ingest, add_key(url)))


async def _measure(ingest: Server, key: str) -> list[Row]:
    requests = [posted(key, numbers) for numbers in _numbers()]
    warm, rest = requests[:300], requests[300:]
    await drive(ingest.port, warm[:100], 8)
    peak = (await drive(ingest.port, warm[100:], 8)).per_s
    shooter = Shooter(ingest.port)
    shooter.waiting.extend(rest)
    loads = {n: _seen(await shooter.run(n * peak, SECONDS)) for n in LOADS}
    memory = psutil.Process(ingest.process.pid).memory_info().rss / 2**20
    recovered_s = await _recovered(shooter, peak)
    shooter.close()
    return [_goodput_row(peak, loads), _shape_row(loads), _after_row(recovered_s, memory)]


def _numbers() -> list[tuple[int, ...]]:
    numbers = count(1)
    return [tuple(next(numbers) for _ in range(SIZE)) for _ in range(REQUESTS)]


def posted(key: str, numbers: tuple[int, ...]) -> bytes:
    """Write the request of so many sales as bytes."""
    return post("/v1/receipts", key, json.dumps({"receipts": [_sale(n) for n in numbers]}).encode())


def _sale(number: int) -> Body:
    lines = [
        {"line": n, "sku": f"k{(number + n) % 97}", "category": "tea", "quantity": "1",
         "unit_price": "10.00", "discount": "0.00", "net": "10.00", "cost": "4.00"}
        for n in (1, 2, 3)
    ]  # fmt: skip
    return {
        "store_id": f"s-{number % 5}",
        "workstation_id": "1",
        "business_date": "2026-10-30",
        "sequence_number": number,
        "type": "sale",
        "occurred_at": "2026-10-30T12:00:00+08:00",
        "currency": "CNY",
        "customer": {"customer_id": f"c-{number * 7919 % 20_000}"},
        "lines": lines,
        "total": {"net": "30.00"},
    }


def _seen(answers: list[Answer]) -> Load:
    good = [a for a in answers if a.status == 200]
    refused = [a for a in answers if a.status in (429, 503)]
    assert all(a.retry_after.isdigit() for a in refused), refused[:3]
    span = max(a.ended for a in answers) - min(a.ended - a.seconds for a in answers)
    return Load(
        goodput=len(good) / span,
        p99_s=_p99(good),
        refused=len(refused),
        refused_p99_s=_p99(refused),
        cut_off=len(answers) - len(good) - len(refused),
    )


def _p99(answers: list[Answer]) -> float:
    ordered = sorted(answer.seconds for answer in answers)
    return ordered[int(0.99 * (len(ordered) - 1))] if ordered else 0.0


async def _recovered(shooter: Shooter, peak: float) -> float:
    """Return the seconds until half of the peak is taken without a refusal for a second."""
    for second in range(30):
        answers = await shooter.run(peak / 2, 1)
        if all(answer.status == 200 for answer in answers):
            return float(second)
    return 30.0


def _goodput_row(peak: float, loads: dict[int, Load]) -> Row:
    best = max(peak, *(load.goodput for load in loads.values()))
    worst = loads[5]
    return Row(
        name=f"5 x overload, open loop, requests of {SIZE}",
        figure=f"{worst.goodput * SIZE:,.0f} receipts/s stored",
        limit=f"peak {best * SIZE:,.0f}/s",
        ratio=worst.goodput / best,
        goal=">= 0.9, none cut off",
        is_met=worst.goodput >= 0.9 * best and worst.cut_off == 0,
        note=", ".join(f"{n} x: {load.goodput * SIZE:,.0f}/s" for n, load in loads.items()),
    )


def _shape_row(loads: dict[int, Load]) -> Row:
    one, five = loads[1], loads[5]
    return Row(
        name="p99 of what is accepted at 5 x",
        figure=f"{five.p99_s * 1e3:.0f} ms",
        limit=f"at 1 x {one.p99_s * 1e3:.0f} ms",
        ratio=five.p99_s / one.p99_s,
        goal="<= 2; refusals p99 <= 50 ms",
        is_met=five.p99_s <= 2 * one.p99_s and five.refused_p99_s <= 0.05,
        note=f"{five.refused} refused, p99 {five.refused_p99_s * 1e3:.0f} ms",
    )


def _after_row(recovered_s: float, memory: float) -> Row:
    return Row(
        name="after the overload",
        figure=f"half the peak without refusals after {recovered_s:.0f} s",
        limit="",
        ratio=None,
        goal="<= 10 s, <= 300 MB",
        is_met=recovered_s <= 10 and memory <= 300,
        note=f"{memory:.0f} MB resident",
    )

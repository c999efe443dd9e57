"""Batches of 1,000 receipts over HTTP, against COPY + fold of the same rows in the same run."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import asyncpg
import httpx

from deploy.demo.delivery import Stream
from deploy.demo.shop import generate
from deploy.demo.spec import ShopSpec
from deploy.local.postgres import PostgresServer
from services.ingest.domain.body import to_body
from services.ingest.domain.placing import pseudonym
from services.ingest.domain.records import Sale
from services.ingest.usecases.read_items import Reading
from services.ingest.usecases.read_receipts import read_receipt
from shared.secrets import Secrets
from tests.databases import Databases, blocking
from tests.load import cpu
from tests.load.table import Row
from tests.servers import SECRET_KEY, Server, add_key, running

Body = dict[str, Any]
NOW = datetime(2026, 11, 1, tzinfo=UTC)
SPEC = ShopSpec(now=NOW, customers=10_000, years=1.0)
SIZE, WARM, MEASURED = 1000, 10, 20
GOAL, POISON_GOAL = 0.5, 0.95
REFERENCE = Path(__file__).with_name("reference.sql")


@dataclass(slots=True)
class Reference:
    """COPY + fold: rows staged and folded by SQL alone."""

    connection: asyncpg.Connection
    statements: list[str]
    sequence: int = 0

    async def fold(self, receipts: list[tuple[Any, ...]], lines: list[tuple[Any, ...]]) -> None:
        async with self.connection.transaction():
            await self.connection.execute("TRUNCATE stage_receipts, stage_lines")
            await self.connection.copy_records_to_table("stage_receipts", records=receipts)
            await self.connection.copy_records_to_table("stage_lines", records=lines)
            for statement in self.statements:
                await self.connection.execute(statement)

    def staged(self, body: Body, reading: Reading) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
        arrival = read_receipt(0, body, reading)
        record = arrival.record
        assert isinstance(record, Sale)
        self.sequence += 1
        where = record.occasion
        is_anonymous = not arrival.claims
        key = arrival.claims[0].key if arrival.claims else b""
        profile = pseudonym(where.store_id) if is_anonymous else uuid5(NAMESPACE_OID, key.hex())
        stored = to_body(record) | dict(arrival.extra) | {"channel": where.channel}
        head = (
            where.event_key, arrival.body_hash, self.sequence, profile, key, where.store_id,
            where.business_date, where.effective_at, where.channel, is_anonymous,
            record.habit_slot, json.dumps(stored),
        )  # fmt: skip
        lines = [
            (
                where.event_key, line.line, line.sku, line.category, line.quantity_milli,
                line.discount, line.net, line.cost,
            )
            for line in record.lines
        ]  # fmt: skip
        return head, lines


def batches() -> Iterator[list[Body]]:
    """Yield batches of sales in delivery order, each sale once."""
    seen: set[tuple[Any, ...]] = set()
    batch: list[Body] = []
    for delivery in generate(SPEC):
        if delivery.stream is not Stream.RECEIPT or delivery.body["type"] != "sale":
            continue
        key = tuple(delivery.body[n] for n in ("store_id", "workstation_id", "sequence_number"))
        key += (delivery.body["business_date"],)
        if key not in seen:
            seen.add(key)
            batch.append(delivery.body)
        if len(batch) == SIZE:
            yield batch
            batch = []


def bench(server: PostgresServer, databases: Databases) -> list[Row]:
    """Run both in turn over the same batches; report the median second per batch of each."""
    with (
        databases.temporary() as over_http,
        databases.temporary() as by_copy,
        running("ingest", over_http, BUSINESS_NOW=NOW.isoformat()) as ingest,
    ):
        return blocking(_measure(server, ingest, over_http, by_copy))


async def _measure(
    server: PostgresServer, ingest: Server, over_http: str, by_copy: str
) -> list[Row]:
    reference = await _reference(by_copy)
    reading = Reading("till", "till", True, NOW, "CNY", {}, UTC, Secrets.from_hex(SECRET_KEY))
    headers = {"Authorization": f"Bearer {add_key(over_http)}"}
    http_s: list[float] = []
    copy_s: list[float] = []
    used = {"service": 0.0, "postgres": 0.0}
    async with httpx.AsyncClient(timeout=60, headers=headers) as client:
        for number, batch in enumerate(islice(batches(), WARM + MEASURED)):
            content = json.dumps({"receipts": batch}).encode()
            staged = [reference.staged(body, reading) for body in batch]
            before = cpu.of_process(ingest.process.pid), cpu.of_postgres(server.cluster.data_dir)
            started = time.perf_counter()
            answer = await client.post(
                f"{ingest.url}/v1/receipts",
                content=content,
                headers={"Content-Type": "application/json"},
            )
            took = time.perf_counter() - started
            assert answer.json()["accepted"] == SIZE, answer.text
            after = cpu.of_process(ingest.process.pid), cpu.of_postgres(server.cluster.data_dir)
            started = time.perf_counter()
            await reference.fold([head for head, _ in staged], [x for _, ls in staged for x in ls])
            if number >= WARM:
                copy_s.append(time.perf_counter() - started)
                http_s.append(took)
                used["service"] += after[0] - before[0]
                used["postgres"] += after[1] - before[1]
    await reference.connection.close()
    poisoned = await _poisoned(ingest, headers)
    return [_row(median(http_s), median(copy_s), used), poisoned]


async def _poisoned(ingest: Server, headers: dict[str, str]) -> Row:
    """Post clean batches and batches with three bad items in turn; compare good ones a second."""
    clean_s: list[float] = []
    poisoned_s: list[float] = []
    async with httpx.AsyncClient(timeout=60, headers=headers) as client:
        for number, batch in enumerate(islice(batches(), WARM + MEASURED, WARM + 2 * MEASURED)):
            bad: list[Any] = [
                batch[0] | {"total": {"net": f"{number}.99"}},
                number,
                {"tier": number},
            ]
            items = [*batch[:-3], *bad] if number % 2 else batch
            content = json.dumps({"receipts": items}).encode()
            started = time.perf_counter()
            answer = await client.post(
                f"{ingest.url}/v1/receipts",
                content=content,
                headers={"Content-Type": "application/json"},
            )
            (poisoned_s if number % 2 else clean_s).append(time.perf_counter() - started)
            assert len(answer.json()["rejected"]) == (3 if number % 2 else 0), answer.text
    ratio = median(clean_s) / median(poisoned_s)
    return Row(
        name="good receipts beside 3 bad ones in each batch",
        figure=f"{SIZE / median(poisoned_s):,.0f}/s",
        limit=f"without bad ones {SIZE / median(clean_s):,.0f}/s",
        ratio=ratio,
        goal=f">= {POISON_GOAL}",
        is_met=ratio >= POISON_GOAL,
    )


async def _reference(database_url: str) -> Reference:
    connection = await asyncpg.connect(database_url, ssl=False)
    await connection.execute(
        """
        CREATE TEMP TABLE stage_receipts (event_key bytea, body_hash bytea, sequence bigint,
            profile_id uuid, lookup_key bytea, store_id text, business_date date, at timestamptz,
            channel text, is_anonymous boolean, slot smallint, body text);
        CREATE TEMP TABLE stage_lines (event_key bytea, line integer, sku text, category text,
            quantity_milli bigint, discount bigint, net bigint, cost bigint);
        """
    )
    text = REFERENCE.read_text("utf-8")
    return Reference(connection, [part for part in text.split(";\n\n") if part.strip()])


def _row(http_s: float, copy_s: float, used: dict[str, float]) -> Row:
    receipts = SIZE * MEASURED
    return Row(
        name="receipts in batches of 1,000 over HTTP",
        figure=f"{SIZE / http_s:,.0f}/s",
        limit=f"COPY + fold {SIZE / copy_s:,.0f}/s",
        ratio=copy_s / http_s,
        goal=f">= {GOAL}",
        is_met=copy_s / http_s >= GOAL,
        note=f"CPU us a receipt: service {used['service'] / receipts * 1e6:.0f},"
        f" Postgres {used['postgres'] / receipts * 1e6:.0f}",
    )

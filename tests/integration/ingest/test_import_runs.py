"""Imports as stored runs: killed and gone on with, uploaded, judged only."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.ingest.usecases.rebuilds.rebuild import Rebuild
from tests.integration.ingest.uploading import CSV, ROWS, Service, uploading
from tests.paths import REPO_DIR
from tests.servers import query

ORDERS = 30_000
RECEIPT = {
    "store_id": "s1",
    "workstation_id": "1",
    "business_date": "2026-11-01",
    "sequence_number": 1,
    "type": "sale",
    "occurred_at": "2026-11-01T09:00:00+08:00",
    "currency": "CNY",
    "customer": {"customer_id": "a"},
    "lines": [{"line": 1, "sku": "tea", "quantity": "1", "net": "2.00"}],
    "total": {"net": "2.00"},
}


def many_orders(path: Path) -> None:
    """Two rows an order, one order in a thousand with a row that is refused."""
    with path.open("w", encoding="utf-8") as file:
        file.write("customer_id,occurred_at,amount,order_id,sku,currency\n")
        for n in range(ORDERS):
            amount = "oops" if n % 1000 == 7 else "2.50"
            at = f"2026-10-{1 + n % 28:02d}T10:{n % 60:02d}:00"
            file.write(
                f"c{n % 500},{at},1.00,o{n},tea,CNY\nc{n % 500},{at},{amount},o{n},cup,CNY\n"
            )


def started(path: Path, database_url: str) -> subprocess.Popen[str]:
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(REPO_DIR),
        "DATABASE_URL": database_url,
        "TIERLINE_SECRET_KEY": "5e" * 32,
    }
    program = "from services.ingest.cli import app; app()"
    command = [sys.executable, "-c", program, "import", str(path)]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_a_killed_import_is_gone_on_with_and_counts_once(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    many_orders(path)
    first = started(path, database_url)
    deadline = time.monotonic() + 60
    while not reached(database_url) and first.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    told, _ = first.communicate()
    assert 0 < reached(database_url) < ORDERS, told
    second = started(path, database_url)
    told, _ = second.communicate(timeout=120)
    assert second.returncode == 1, told  # some rows are refused, and listed
    assert "going on after" in told
    assert f"receipts {ORDERS}, accepted {ORDERS - 30}, duplicates " in told.replace("\n", " ")
    check_books(database_url)
    listed = (tmp_path / "orders.csv.errors.csv").read_text().splitlines()
    assert len(listed) == 1 + 2 * 30


def reached(database_url: str) -> int:
    rows = query(database_url, "SELECT (checkpoint->>'receipts')::bigint FROM imports")
    return int(rows[0][0] or 0) if rows else 0


def check_books(database_url: str) -> None:
    """Every good order is there once, and so is the run."""
    (row,) = query(
        database_url,
        "SELECT (SELECT count(*) FROM events), (SELECT sum(net_booked)::bigint FROM customer_day),"
        " (SELECT array_agg(status) FROM imports)",
    )
    assert tuple(row) == (ORDERS - 30, (ORDERS - 30) * 350, ["done"])


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with uploading(database_url, tmp_path) as service:
        yield service


async def test_an_upload_is_taken_in_and_its_faults_are_listed(service: Service) -> None:
    found = await service.taken_in(ROWS, CSV, currency="CNY")
    assert (found["status"], found["accepted"], found["rejected"]) == ("done", 1, 1)
    assert (found["rows_done"], found["rows_total"], found["has_errors"]) == (2, 2, True)
    answer = await service.client.get(f"/v1/imports/{found['import_id']}/errors")
    assert answer.text.splitlines()[1].startswith("2,bad_decimal,")
    assert await service.pool.fetchval("SELECT source_id FROM events") == "shop"
    assert service.uploads == [".csv"]  # the list stays, the purchases do not


async def test_a_dry_run_counts_and_changes_nothing(service: Service) -> None:
    found = await service.taken_in(ROWS, CSV, currency="CNY", dry_run="true")
    assert (found["status"], found["accepted"], found["rejected"]) == ("done", 0, 1)
    for table in ("events", "customers", "sources", "shop", "event_keys"):
        assert await service.pool.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_our_own_receipts_come_as_lines_of_json(service: Service) -> None:
    again = RECEIPT | {"total": {"net": "3.00"}, "sequence_number": 2}
    lines = [json.dumps(RECEIPT), json.dumps(RECEIPT), json.dumps(again), "{not json"]
    found = await service.taken_in("\n".join(lines), {"Content-Type": "application/x-ndjson"})
    assert (found["accepted"], found["duplicates"], found["rejected"]) == (1, 1, 2)
    answer = await service.client.get(f"/v1/imports/{found['import_id']}/errors")
    codes = [line.split(",")[1] for line in answer.text.splitlines()[1:]]
    assert codes == ["total_mismatch", "bad_json"]


async def test_another_currency_is_counted_by_the_rate_of_its_day(service: Service) -> None:
    await service.pool.execute("INSERT INTO shop VALUES (true, 'CNY', now())")
    await service.pool.execute(
        "INSERT INTO exchange_rates (currency, valid_from, rate_nano)"
        " VALUES ('USD', '2026-01-01', 7000000000)"
    )
    rows = "customer_id,occurred_at,amount,currency\na,2026-11-01,2.00,USD\na,2025-11-01,2.00,USD\n"
    found = await service.taken_in(rows, CSV)
    assert (found["accepted"], found["rejected"]) == (1, 1)
    booked = await service.pool.fetchval("SELECT sum(net_booked)::bigint FROM customer_day")
    assert booked == 1400
    assert [x async for x in Rebuild(repairs=False).run(service.pool, lambda _, __: None)] == []


async def test_a_file_that_cannot_be_read_fails_with_a_sentence(service: Service) -> None:
    found = await service.taken_in("a,a\n1,2\n", CSV, currency="CNY")
    assert (found["status"], found["accepted"]) == ("failed", 0)
    assert "same name" in found["message"]


async def test_an_import_of_another_source_is_unknown(service: Service) -> None:
    found = await service.taken_in(ROWS, CSV, currency="CNY")
    for path in (f"/v1/imports/{found['import_id']}", f"/v1/imports/{found['import_id']}/errors"):
        answer = await service.client.get(
            path, headers={"Authorization": f"Bearer {service.other_key}"}
        )
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({"Content-Type": "application/json"}, {}, 415),
        (CSV | {"Content-Encoding": "gzip"}, {}, 415),
        (CSV, {"mapping": "../../etc/passwd"}, 422),
        (CSV, {"mapping": "/etc/passwd.json"}, 422),
        (CSV, {"mapping": '{"columns": 3}'}, 422),
        (CSV, {"mapping": r'{"columns": {"amount": "\u0000"}}'}, 422),
        (CSV, {"mapping": r'{"columns": {"amount": "\ud800"}}'}, 422),
        (CSV, {"mapping": '{"join": [{"file": "x.csv", "on": "y"}]}'}, 422),
        (CSV, {"mapping": "olist"}, 422),
        (CSV, {"currency": "yuan"}, 422),
        (CSV, {"file_name": "../../etc/passwd"}, 422),
        (CSV, {"file_name": "..\\passwd"}, 422),
        (CSV | {"Content-Length": str(5 * 1024**3)}, {}, 413),
    ],
)
async def test_what_cannot_be_taken_in_is_refused_at_once(
    service: Service, headers: dict[str, str], query: dict[str, str], status: int
) -> None:
    answer = await service.client.post("/v1/imports", content=ROWS, headers=headers, params=query)
    assert answer.status_code == status, answer.text
    assert await service.pool.fetchval("SELECT count(*) FROM imports") == 0
    assert "passwd" not in answer.text


def test_a_line_without_an_end_is_refused_before_anything_is_stored(
    database_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "endless.csv"
    with path.open("wb") as file:
        file.write(b"customer_id,occurred_at,amount,currency\na,2026-11-01,1.00,CNY\n")
        file.truncate(1024**3)  # a gibibyte of NULs that takes no room
    run = started(path, database_url)
    told, _ = run.communicate(timeout=60)
    assert run.returncode == 1
    assert "more than 1 MiB" in told
    assert query(database_url, "SELECT count(*) FROM events")[0][0] == 0

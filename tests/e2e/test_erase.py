"""Erase somebody through the running services: no table and no log has a word of them after it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryFile
from typing import IO, Any

import httpx
import pytest

from shared.db import Limits, create_raw_pool
from shared.secrets import Secrets
from tests.databases import blocking
from tests.erasures import places_of
from tests.paths import REPO_DIR
from tests.servers import SECRET_KEY, Server, add_key, running
from tests.tills import event, receipt

NOW = "2026-11-22T01:00:00Z"
PHONE, EMAIL, OWN = "+8613912345678", "ann.lee@example.org", "ann-0001"
ANN = {"customer_id": OWN, "phone": PHONE, "email": EMAIL}
NAMES = (PHONE, "13912345678", EMAIL, OWN)


@contextmanager
def working(url: str, log: IO[bytes], **settings: str) -> Iterator[None]:
    """Run the worker of all services."""
    plain = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "TMPDIR")}
    environment = plain | {
        "DATABASE_URL": url,
        "TIERLINE_SECRET_KEY": SECRET_KEY,
        "TIERLINE_HOME": "/nonexistent",
        "BUSINESS_NOW": NOW,
        **settings,
    }
    command = [sys.executable, "-m", "deploy.cli", "worker"]
    with subprocess.Popen(command, cwd=REPO_DIR, env=environment, stdout=log, stderr=log) as worker:
        try:
            yield
        finally:
            worker.terminate()


def say(server: Server, key: str, path: str, body: Any, *, method: str = "POST") -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.request(method, server.url + path, json=body, headers=headers, timeout=10)


def tell_of_ann(ingest: Server, feedback: Server, key: str) -> None:
    update = {"identifiers": {"phone": PHONE, "email": EMAIL}, "attributes": {"name": "Ann"}}
    told = [
        say(ingest, key, f"/v1/customers/{OWN}", update, method="PUT"),
        say(ingest, key, "/v1/receipts", {"receipts": [receipt(1, customer=ANN), receipt(2)]}),
        say(ingest, key, "/v1/receipts", {"receipts": [receipt(3, customer=ANN, currency="x")]}),
        say(ingest, key, "/v1/events", {"events": [event("e", "searched", words=EMAIL)]}),
    ]
    review = {"kind": "review", "rating": 1, "text": f"call {PHONE}", "customer": ANN}
    told.append(say(feedback, key, "/v1/feedback", review))
    assert [answer.status_code for answer in told] == [200, 200, 200, 200, 201]


def wait_for_receipt(ingest: Server, key: str, erasure_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 240
    while True:
        body: dict[str, Any] = say(
            ingest, key, f"/v1/erasures/{erasure_id}", None, method="GET"
        ).json()
        if body["status"] != "running":
            return body
        assert time.monotonic() < deadline, body
        time.sleep(0.2)


@pytest.fixture
def logs() -> Iterator[list[IO[bytes]]]:
    with ExitStack() as stack:
        yield [stack.enter_context(TemporaryFile())]


def test_the_running_services_forget_a_person(database_url: str, logs: list[IO[bytes]]) -> None:
    key = add_key(database_url)
    grace = {"INGEST_ERASURE_GRACE_S": "0.5"}
    with (
        running("ingest", database_url, BUSINESS_NOW=NOW) as ingest,
        running("feedback", database_url, BUSINESS_NOW=NOW) as feedback,
    ):
        tell_of_ann(ingest, feedback, key)
        with working(database_url, logs[0], INGEST_URL=ingest.url, **grace):
            answer = say(ingest, key, f"/v1/customers/{OWN}/erase", {"reason": f"{OWN} asked"})
            assert answer.status_code == 202
            done = wait_for_receipt(ingest, key, answer.json()["erasure_id"])
        again = say(ingest, key, "/v1/receipts", {"receipts": [receipt(4, customer=ANN)]})
        assert [r["code"] for r in again.json()["rejected"]] == ["erased"]
        gone = say(feedback, key, "/v1/feedback", {"kind": "csat", "rating": 1, "customer": ANN})
        assert gone.status_code == 410
        written = [*logs, ingest.log, feedback.log]
        for server in (ingest, feedback):
            server.stop()
        texts = [read(log) for log in written]
    assert (done["status"], done["waiting_for"], done["reason"]) == ("done", [], "erased")
    assert done["removed"]["feedback"] == 1
    assert blocking(_places(database_url)) == []
    assert all(texts)
    assert not [name for name in NAMES for text in texts if name in text]


def read(log: IO[bytes]) -> str:
    log.seek(0)
    return log.read().decode("utf-8", "replace")


async def _places(url: str) -> list[tuple[str, str]]:
    pool = await create_raw_pool(url, Limits("tests"), size=1)
    try:
        return await places_of(pool, NAMES, Secrets.from_hex(SECRET_KEY))
    finally:
        await pool.close()

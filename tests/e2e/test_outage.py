"""Postgres away, then scoring restarted without it: everybody keeps their tier, and it comes back.

Neither ingest nor feedback runs here at all. `-s` prints what was measured; nothing timed is
asserted.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.postgres import PostgresServer
from shared.keys import hash_key
from shared.schema.migrate import upgrade
from tests.databases import TEMPLATE, Databases, blocking, embedded_server
from tests.e2e.test_freshness import NOW, train
from tests.servers import Server, add_key, query, running

NAMES = [f"c-{number}" for number in range(200)]
READS = 2000


@dataclass(frozen=True, slots=True)
class Host:
    """One scoring process, its Postgres, and the file it keeps."""

    postgres: PostgresServer
    scoring: Server
    file: Path
    http: httpx.Client
    url: str

    def tier(self, customer_id: str) -> dict[str, Any]:
        answer = self.http.get(f"{self.scoring.url}/v1/customers/{customer_id}/tier")
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def ready(self) -> tuple[int, str]:
        answer = self.http.get(f"{self.scoring.url}/health/ready")
        return answer.status_code, answer.json()["status"]

    def p99_ms(self) -> float:
        seconds = []
        for turn in range(READS):
            started = time.perf_counter()
            self.tier(NAMES[turn % len(NAMES)])
            seconds.append(time.perf_counter() - started)
        return sorted(seconds)[READS * 99 // 100] * 1000


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    file = tmp_path / "last-known"
    with embedded_server() as postgres:
        databases = Databases(postgres.url("postgres"))
        databases.execute(f'CREATE DATABASE "{TEMPLATE}"')
        url = databases.url(TEMPLATE)
        blocking(upgrade(url))
        blocking(train(url))
        key = add_key(url, "tier:read", "models:write")
        settings = {"BUSINESS_NOW": NOW.isoformat(), "SCORING_SNAPSHOT_FILE": str(file)}
        with (
            running("scoring", url, **settings) as scoring,
            httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=30) as http,
        ):
            yield Host(postgres, scoring, file, http, url)


def wait_for(condition: Callable[[], bool], within_s: float = 30) -> float:
    """Wait until it holds; give the seconds it took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < within_s
        time.sleep(0.05)
    return time.monotonic() - started


@pytest.mark.slow
def test_everybody_keeps_their_tier_through_an_outage_and_a_restart_in_it(host: Host) -> None:
    before = {name: host.tier(name)["tier"] for name in NAMES}
    wait_for(host.file.exists)
    calm = host.p99_ms()

    host.postgres.stop()
    _answers_without_a_database(host, before)
    away = host.p99_ms()

    host.scoring.kill()
    host.scoring.start()
    _answers_without_a_database(host, before)
    after_restart = host.p99_ms()

    host.postgres.start(host.postgres.port)
    seconds = wait_for(lambda: host.tier("c-1")["stale"] is False)
    fresh = {name: host.tier(name) for name in NAMES}
    assert {name: told["tier"] for name, told in fresh.items()} == before
    assert not any(told["stale"] for told in fresh.values())
    assert host.ready() == (200, "ready")
    print(
        f"p99 of a read: {calm:.1f} ms, {away:.1f} ms without Postgres, {after_restart:.1f} ms"
        f" after a restart without it; fresh again {seconds:.1f} s after it was back;"
        f" {host.file.stat().st_size} bytes for {len(NAMES)}+ customers"
    )


def _answers_without_a_database(host: Host, before: dict[str, Any]) -> None:
    told = {name: host.tier(name) for name in NAMES}
    assert {name: each["tier"] for name, each in told.items()} == before
    assert {each["tier"]["key"] for each in told.values()} >= {"low", "mid", "high"}
    for each in told.values():
        assert (each["known"], each["stale"]) == (True, True)
        assert (each["reason"], each["expired"]) == ("db_unavailable", False)
        assert each["as_of"]
    unknown = host.tier("nobody-of-ours")
    assert (unknown["known"], unknown["tier"]["rank"], unknown["stale"]) == (False, 0, True)
    write = host.http.post(f"{host.scoring.url}/v1/models/rollback", json={"reason": "too low"})
    assert write.status_code == 503, write.text
    assert host.ready() == (200, "degraded")


@pytest.mark.slow
def test_the_file_forgets_a_revoked_key_within_seconds(host: Host) -> None:
    revoked = add_key(host.url, "tier:read")
    wait_for(host.file.exists)
    written = host.file.stat().st_mtime_ns
    query(host.url, "UPDATE api_keys SET revoked_at = now() WHERE key_hash = $1", hash_key(revoked))
    wait_for(lambda: host.file.stat().st_mtime_ns != written)
    host.postgres.stop()
    host.scoring.kill()
    host.scoring.start()
    shown = {"Authorization": f"Bearer {revoked}"}
    answer = host.http.get(f"{host.scoring.url}/v1/customers/c-1/tier", headers=shown)
    assert answer.status_code == 503  # not known to be good, not known to be bad
    assert host.tier("c-1")["stale"] is True

"""Kill -9 amid a crowd that complains, and amid greetings: all once, nothing by halves."""

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from deploy.local.postgres import PostgresServer
from shared.schema.migrate import upgrade
from tests.chaos.scenarios import RECOVERED_WITHIN_S
from tests.databases import Databases, blocking, embedded_server
from tests.paths import REPO_DIR
from tests.servers import Server, add_key, query, running

#: The shop's half past nine: birthdays are greeted from nine on.
NOW = "2026-11-22T09:30:00Z"
CROWD, MORE, GUESTS = 8, 60, 2500
KILLS = 2
SEED = 20261122
_STORED = """
SELECT f.customer_id, count(DISTINCT c.case_id)::int AS cases,
    count(DISTINCT e.case_event_id)::int AS opened, count(DISTINCT o.outbox_id)::int AS told
FROM feedback f
LEFT JOIN cases c USING (feedback_id)
LEFT JOIN case_events e ON e.case_id = c.case_id AND e.kind = 'opened'
LEFT JOIN outbox o ON o.topic = 'feedback_given' AND o.payload->>'event_id' = f.feedback_id::text
GROUP BY f.feedback_id
"""
_ALONE = """
SELECT (SELECT count(*) FROM cases) - (SELECT count(*) FROM feedback) AS cases,
    (SELECT count(*) FROM outbox WHERE topic = 'feedback_given')
    - (SELECT count(*) FROM feedback) AS told
"""
_GUESTS = """
WITH made AS (
    INSERT INTO customers (profile_id, customer_id, attributes, created_at, updated_at)
    SELECT gen_random_uuid(), 'g-' || n, '{"birthday": "1990-11-22"}', now(), now()
    FROM generate_series(1, $1::int) n RETURNING profile_id, customer_id
)
INSERT INTO identifiers (kind, lookup_key, profile_id, linked_at)
SELECT 'customer_id', convert_to(customer_id, 'UTF8'), profile_id, now() FROM made RETURNING 1
"""
_GREETED = "SELECT customer_id, count(*)::int AS n FROM tasks GROUP BY 1"
GREETING = {
    "key": "wishes",
    "name": {"en": "Wishes", "zh": "祝福"},
    "state": "live",
    "owner": "care",
    "goal": {"en": "Greet them", "zh": "祝福"},
    "purpose": "service",
    "trigger": {"kind": "birthday", "at": "09:00"},
    "action": {
        "channel": "app",
        "title": {"en": "Birthday", "zh": "生日"},
        "message": {"en": "Happy birthday", "zh": "生日快乐"},
        "due_in_days": 0,
    },
}


@dataclass(slots=True)
class House:
    """A Postgres of its own, and feedback on it; scoring and ingest are away."""

    postgres: PostgresServer
    url: str
    feedback: Server
    headers: dict[str, str]

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.feedback.url, headers=self.headers, timeout=20, trust_env=False
        )


@dataclass(slots=True)
class Crowd:
    """Customers who complain, each until they are heard, under an id of their own."""

    house: House
    name: str
    heard: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    cut_off: int = 0
    faults: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def complaining(self) -> Iterator[None]:
        """Complain beside the block; then everybody begun is heard to the end."""
        threads = [threading.Thread(target=self._complain, args=(n,)) for n in range(CROWD)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stop.set()
            for thread in threads:
                thread.join()
        assert self.faults == []

    def wait_for(self, more: int) -> None:
        """Wait until so many more are heard."""
        wanted = len(self.heard) + more
        _wait_until(lambda: len(self.heard) >= wanted or bool(self.faults))

    def wait_for_refusal(self) -> None:
        """Wait until somebody more is told to come again."""
        before = self.statuses[503]
        _wait_until(lambda: self.statuses[503] > before or bool(self.faults))

    def _complain(self, till: int) -> None:
        number = 0
        with self.house.client() as http:
            while not self.stop.is_set():
                number += 1
                self._until_heard(http, f"{self.name}-{till}-{number}")

    def _until_heard(self, http: httpx.Client, said: str) -> None:
        deadline = time.monotonic() + RECOVERED_WITHIN_S
        while time.monotonic() < deadline:
            try:
                answer = http.post("/v1/feedback", json=_complaint(said))
            except httpx.TransportError:
                self.cut_off += 1
                time.sleep(0.02)
                continue
            self.statuses[answer.status_code] += 1
            if answer.status_code in {200, 201}:
                self.heard.append(said)
                return
            if answer.status_code != 503 or not answer.headers["retry-after"].isdigit():
                break
            time.sleep(0.02)
        self.faults.append(f"{said} was not heard: {self.statuses}")
        self.stop.set()


def _complaint(said: str) -> dict[str, Any]:
    return {
        "kind": "complaint",
        "text": "凉了",
        "channel": "phone",
        "feedback_id": said,
        "customer": {"customer_id": said},
    }


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with embedded_server() as postgres:
        databases = Databases(postgres.url("postgres"))
        databases.execute('CREATE DATABASE "feedback"')
        url = databases.url("feedback")
        blocking(upgrade(url))
        with running("feedback", url, BUSINESS_NOW=NOW) as feedback:
            headers = {"Authorization": f"Bearer {add_key(url)}"}
            yield House(postgres, url, feedback, headers)


def test_what_was_answered_is_there_once_when_feedback_is_killed(house: House) -> None:
    crowd, dice = Crowd(house, "killed"), random.Random(SEED)
    with crowd.complaining():
        for _ in range(KILLS):
            crowd.wait_for(MORE)
            time.sleep(dice.uniform(0, 0.2))
            house.feedback.kill()
            house.feedback.start()
        crowd.wait_for(MORE)
    print(crowd.statuses, f"cut off {crowd.cut_off}")
    assert crowd.cut_off > 0
    _everything_is_whole(house, crowd)


def test_writes_are_refused_while_postgres_is_away_and_nothing_is_half_stored(
    house: House,
) -> None:
    crowd = Crowd(house, "away")
    with crowd.complaining():
        for blow in (PostgresServer.stop, _kill):
            crowd.wait_for(MORE)
            blow(house.postgres)
            crowd.wait_for_refusal()
            house.postgres.start(house.postgres.port)
        crowd.wait_for(MORE)
    print(crowd.statuses, f"cut off {crowd.cut_off}")
    assert crowd.cut_off == 0
    _everything_is_whole(house, crowd)


def test_nobody_is_greeted_twice_or_forgotten_when_the_worker_is_killed(house: House) -> None:
    query(house.url, _GUESTS, GUESTS)
    with house.client() as http:
        answer = http.post("/v1/playbooks", json=GREETING)
        assert answer.status_code == 201, answer.text
    dice = random.Random(SEED)
    for _ in range(KILLS):
        before = _greeted(house.url).total()
        with _working(house.feedback) as worker:
            _wait_for_greetings(house.url, min(before + 1, GUESTS))
            time.sleep(dice.uniform(0, 0.1))
            worker.kill()
        print(f"killed after {_greeted(house.url).total()} of {GUESTS} greetings")
    with _working(house.feedback), _working(house.feedback):
        _wait_for_greetings(house.url, GUESTS)
        time.sleep(1)  # another look at everybody
    assert _greeted(house.url) == Counter({f"g-{n}": 1 for n in range(1, GUESTS + 1)})


def _everything_is_whole(house: House, crowd: Crowd) -> None:
    rows = query(house.url, _STORED)
    stored = Counter(row["customer_id"] for row in rows)
    assert {said for said in crowd.heard if stored[said] != 1} == set()
    assert set(stored.values()) == {1}
    halves = [row for row in rows if (row["cases"], row["opened"], row["told"]) != (1, 1, 1)]
    assert halves == []
    assert tuple(query(house.url, _ALONE)[0]) == (0, 0)


def _greeted(url: str) -> Counter[str]:
    return Counter({row["customer_id"]: row["n"] for row in query(url, _GREETED)})


def _wait_for_greetings(url: str, wanted: int) -> None:
    _wait_until(lambda: _greeted(url).total() >= wanted)


def _kill(postgres: PostgresServer) -> None:
    assert postgres.process is not None
    postgres.process.kill()
    postgres.process.wait()


@contextmanager
def _working(beside: Server) -> Iterator[subprocess.Popen[bytes]]:
    """Run the background loops; end them however the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.cli", "worker"],
        cwd=REPO_DIR,
        env=beside.environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + RECOVERED_WITHIN_S
    while not holds():
        assert time.monotonic() < deadline, "it does not come to be"
        time.sleep(0.01)

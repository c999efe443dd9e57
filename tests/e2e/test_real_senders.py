"""The real clients of Segment and RudderStack: every message arrives once, whatever happens.

The Node clients are installed from tests/clients/package-lock.json; where there is no Node their
tests are skipped, in CI they fail.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.flaky import Fault, road_to
from tests.paths import REPO_DIR
from tests.servers import Server, add_key, query, running

CLIENTS = REPO_DIR / "tests" / "clients"
# A post between two faults gets through: waiting twice as long each time is the clients' own test.
FAULTS: tuple[Fault, ...] = (
    "busy", "fine", "lost", "fine", "cut", "fine", "slow", "fine", "restart", "lost",
)  # fmt: skip
PAGES = 60
PYTHON = ("segment", "segment-gzip", "rudder")
NODE = ("segment", "rudder")


def messages() -> list[dict[str, Any]]:
    """What a small shop says in a day; the shop's own values are in whole yuan."""
    products = [{"sku": "tea", "price": 12.5, "quantity": 2}]
    order = {"revenue": 25, "currency": "CNY", "products": products}
    visitor = {"anonymousId": "a-1"}
    return [
        {"type": "track", "event": "Product Viewed", "properties": {"sku": "tea"}} | visitor,
        {"type": "identify", "userId": "u-1", "traits": {"email": "ann@example.com"}} | visitor,
        {"type": "group", "userId": "u-1", "groupId": "g-1", "traits": {"name": "Office"}},
        *(
            {
                "type": "track",
                "userId": "u-1",
                "event": "Order Completed",
                "properties": order | {"order_id": f"o-{number}"},
            }
            for number in range(10)
        ),
        *({"type": "page", "userId": "u-1", "name": f"p-{n}"} for n in range(PAGES)),
        {"type": "screen", "userId": "u-1", "name": "Cart"},
        {"type": "alias", "userId": "u-1", "previousId": "a-9"},
    ]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which the locked Node clients are installed."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        if os.environ.get("CI"):
            pytest.fail("node and npm must be there in CI")
        pytest.skip("there is no Node here")
    home = tmp_path_factory.mktemp("clients")
    for name in ("package.json", "package-lock.json", ".npmrc", "send.cjs"):
        shutil.copy(CLIENTS / name, home)
    install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(install, cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def server(database_url: str) -> Iterator[Server]:
    with running("ingest", database_url) as server:
        yield server


def send(command: list[str], server: Server, database_url: str) -> list[int]:
    """Let a client send everything over a bad road; return what the server answered."""
    key = add_key(database_url, "events:write", source="web")

    def restart() -> None:
        server.kill()
        server.start()

    with road_to(server.url, FAULTS, restart) as road:
        done = subprocess.run(
            [*command, road.url, key],
            input=json.dumps(messages()),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        assert not road.faults
        return road.answers


def check_all_arrived_once(database_url: str, answers: list[int]) -> None:
    def count(statement: str) -> int:
        return int(query(database_url, statement)[0][0])

    sent = messages()
    assert set(answers) == {200}
    assert len(answers) > len(sent) / 10  # some were told twice
    assert count("SELECT count(*) FROM events") == len(sent)
    assert count("SELECT count(*) FROM quarantine") == 0
    person = "FROM customer_day d JOIN customers c USING (profile_id) WHERE c.customer_id = 'u-1'"
    assert count(f"SELECT sum(net_booked) {person}") == 10 * 2500
    assert count(f"SELECT sum(orders) {person}") == 10
    assert count(f"SELECT sum(views) {person}") == PAGES + 2


@pytest.mark.parametrize("client", PYTHON)
def test_python_clients(client: str, server: Server, database_url: str) -> None:
    command = [sys.executable, str(CLIENTS / "send.py"), client]
    check_all_arrived_once(database_url, send(command, server, database_url))


@pytest.mark.parametrize("client", NODE)
def test_node_clients(client: str, node: Path, server: Server, database_url: str) -> None:
    command = ["node", str(node / "send.cjs"), client]
    check_all_arrived_once(database_url, send(command, server, database_url))


def test_the_lock_of_the_node_clients_holds_no_address() -> None:
    lock = (CLIENTS / "package-lock.json").read_text("utf-8")
    assert "://" not in lock
    assert lock.count('"integrity"') == lock.count('"node_modules/')

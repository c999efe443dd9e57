"""What a shop does on its first day, against the stack that `make run` starts."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.factories import make_receipt
from tests.runner import Runner, four_free_ports, running, wait_for


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stack")


@pytest.fixture(scope="module")
def base() -> int:
    return four_free_ports()


@pytest.fixture(scope="module")
def stack(directory: Path, base: int) -> Iterator[Runner]:
    with running(directory, base) as started:
        started.wait_ready(120)
        yield started


@pytest.fixture
def shop(stack: Runner) -> Iterator["Shop"]:
    with Shop(stack) as client:
        yield client


class Shop(httpx.Client):
    """The shop's system: it holds a key and the addresses of the stack."""

    def __init__(self, stack: Runner) -> None:
        key = stack.env["TIERLINE_ADMIN_KEY"]
        super().__init__(headers={"Authorization": f"Bearer {key}"}, timeout=10, trust_env=False)
        self._env = stack.env

    def post_receipt(self, number: int, customer_id: str) -> dict[str, Any]:
        receipt = make_receipt(sequence_number=number, customer={"customer_id": customer_id})
        url = f"{self._env['INGEST_URL']}/v1/receipts"
        answer = self.post(url, json={"receipts": [receipt]}).raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def tier(self, customer_id: str) -> dict[str, Any]:
        url = f"{self._env['SCORING_URL']}/v1/customers/{customer_id}/tier"
        found: dict[str, Any] = self.get(url).raise_for_status().json()
        return found


@pytest.mark.parametrize("service", ["INGEST_URL", "SCORING_URL", "FEEDBACK_URL"])
def test_every_service_serves_its_docs_and_is_alive(
    shop: Shop, stack: Runner, service: str
) -> None:
    url = stack.env[service]
    assert shop.get(f"{url}/health/live").status_code == 200
    assert "swagger" in shop.get(f"{url}/docs").text.lower()


def test_unknown_customer_holds_the_entry_tier(shop: Shop) -> None:
    assert shop.tier("nobody-yet")["known"] is False


def test_posted_receipt_shows_in_the_next_tier_read(shop: Shop) -> None:
    assert shop.post_receipt(1, "c-1")["accepted"] == 1
    assert shop.tier("c-1")["known"] is True


def test_receipt_survives_kill_of_ingest_and_counts_once(shop: Shop, stack: Runner) -> None:
    shop.post_receipt(2, "c-2")
    os.kill(stack.recorded("ingest"), signal.SIGKILL)
    wait_for(lambda: _is_live(shop, stack), within_s=30)
    assert shop.post_receipt(2, "c-2")["duplicates"] == 1


def test_second_start_continues_where_it_was(directory: Path) -> None:
    """Its own home, stopped and started again: the customer is still known."""
    base = four_free_ports()
    place = directory / "again"
    place.mkdir()
    with running(place, base) as first:
        first.wait_ready(120)
        with Shop(first) as shop:
            shop.post_receipt(1, "c-1")
        assert first.stop() == 0
    with running(place, base) as second, Shop(second) as shop:
        second.wait_ready(120)
        assert shop.tier("c-1")["known"] is True


def _is_live(shop: Shop, stack: Runner) -> bool:
    try:
        return shop.get(f"{stack.env['INGEST_URL']}/health/live").is_success
    except httpx.TransportError:
        return False

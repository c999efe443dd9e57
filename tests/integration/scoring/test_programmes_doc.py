"""docs/programmes.md runs from top to bottom on a made-up shop, and says what comes back."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.ingest.app import create_app as create_ingest
from services.ingest.settings import IngestSettings
from services.scoring.app import create_app as create_scoring
from services.scoring.settings import ScoringSettings
from services.scoring.worker import Background, make_background
from tests.contract.live import admin_key, running
from tests.databases import blocking
from tests.doc_blocks import blocks_of, wrong_in
from tests.trained import platform_of, raw_pool

#: What programmes read, of the orders that the shop's days count: one entry a day.
BOOK = """
INSERT INTO entries (profile_id, entry_id, at, known_at, spend, margin, orders, quantity_milli)
SELECT profile_id, substr(sha256(convert_to(profile_id || business_date::text, 'UTF8')), 1, 16),
    business_date + time '12:00' AT TIME ZONE 'UTC',
    business_date + time '12:00' AT TIME ZONE 'UTC',
    net_booked, net_booked / 2, 1, 1000 * lines
FROM customer_day WHERE orders > 0 AND net_booked > 0
"""


@contextmanager
def working(url: str) -> Iterator[None]:
    """Do scoring's jobs from a thread, as the worker does."""
    is_over = threading.Event()

    async def work() -> None:
        async with raw_pool(url) as pool:
            parts = make_background(pool, platform_of(url))
            while not is_over.is_set():
                await _work_off(parts)
                await asyncio.sleep(0.05)

    thread = threading.Thread(target=lambda: asyncio.run(work()))
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(30)


async def _work_off(parts: Background) -> None:
    while await parts.work_off():
        pass


async def _book(url: str) -> None:
    async with raw_pool(url) as pool:
        await pool.execute(BOOK)


@contextmanager
def shop_at(url: str) -> Iterator[dict[str, str]]:
    """Serve a shop; gives what a shell needs to know of it."""
    platform = platform_of(url)
    with (
        running(create_ingest(IngestSettings(), platform)) as ingest,
        running(create_scoring(ScoringSettings(), platform)) as scoring,
        working(url),
    ):
        yield {
            "INGEST_URL": ingest,
            "SCORING_URL": scoring,
            "TIERLINE_ADMIN_KEY": admin_key(url),
        }


@pytest.mark.slow
def test_the_document_says_what_its_commands_print(shop_url: str, tmp_path: Path) -> None:
    blocking(_book(shop_url))
    with shop_at(shop_url) as environ:
        wrong = wrong_in(blocks_of("programmes.md"), tmp_path, environ)
    assert not wrong, "\n\n".join(wrong)

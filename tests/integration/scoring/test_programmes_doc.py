"""docs/programmes.md runs from top to bottom on a made-up shop, and says what comes back."""

import asyncio
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from services.ingest.app import create_app as create_ingest
from services.ingest.settings import IngestSettings
from services.scoring.app import create_app as create_scoring
from services.scoring.settings import ScoringSettings
from services.scoring.worker import Background, make_background
from tests.contract.live import admin_key, running
from tests.databases import blocking
from tests.paths import REPO_DIR
from tests.trained import platform_of, raw_pool

BLOCK = re.compile(r"^```bash\n(.*?)^```$(?:\n```\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
CUT = "-----8<-----"
#: What programmes read, of the orders that the shop's days count: one entry a day.
BOOK = """
INSERT INTO entries (profile_id, entry_id, at, known_at, spend, margin, orders, quantity_milli)
SELECT profile_id, substr(sha256(convert_to(profile_id || business_date::text, 'UTF8')), 1, 16),
    business_date + time '12:00' AT TIME ZONE 'UTC',
    business_date + time '12:00' AT TIME ZONE 'UTC',
    net_booked, net_booked / 2, 1, 1000 * lines
FROM customer_day WHERE orders > 0 AND net_booked > 0
"""


class Block(NamedTuple):
    """Commands, and what they print; empty where the text does not say."""

    commands: str
    output: str


BLOCKS = [
    Block(*found) for found in BLOCK.findall((REPO_DIR / "docs/programmes.md").read_text("utf-8"))
]


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


@pytest.fixture
def printed(shop_url: str, tmp_path: Path) -> list[str]:
    """What each block printed, in one shell."""
    blocking(_book(shop_url))
    platform = platform_of(shop_url)
    with (
        running(create_ingest(IngestSettings(), platform)) as ingest,
        running(create_scoring(ScoringSettings(), platform)) as scoring,
        working(shop_url),
    ):
        environment = {
            "PATH": f"{REPO_DIR}/.venv/bin:{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "TIERLINE_HOME": str(tmp_path),
            "INGEST_URL": ingest,
            "SCORING_URL": scoring,
            "TIERLINE_ADMIN_KEY": admin_key(shop_url),
            "NO_PROXY": "*",
        }
        script = f"\necho '{CUT}'\n".join(block.commands for block in BLOCKS)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout.split(f"{CUT}\n")


def fits(said: str, output: str) -> bool:
    """Tell whether an output is what the text says, `…` standing for anything."""
    pattern = ".*?".join(map(re.escape, said.strip().split("…")))
    return re.fullmatch(pattern, output.strip(), re.DOTALL) is not None


@pytest.mark.slow
def test_the_document_says_what_its_commands_print(printed: list[str]) -> None:
    assert len(printed) == len(BLOCKS)
    wrong = [
        f"{block.commands}\nsaid:\n{block.output}\nprinted:\n{output}"
        for block, output in zip(BLOCKS, printed, strict=True)
        if block.output and not fits(block.output, output)
    ]
    assert not wrong, "\n\n".join(wrong)

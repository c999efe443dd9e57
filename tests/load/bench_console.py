"""The console in a real browser: seconds until every page is usable, and memory of 20 open pages.

`python -m tests.load console` fills a base of CONSOLE_CUSTOMERS (a million: half an hour and 30 GB
of disk), trains on it and rolls it up. CONSOLE_BASE names a prepared database instead, CONSOLE_HOME
the home of a running `make run`.
"""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import asyncpg
import httpx
import psutil
from playwright.sync_api import BrowserContext

from deploy.local.home import CONSOLE_PASSWORD, read_env
from deploy.local.postgres import PostgresServer
from services.console.pages import import_pages
from services.console.parts.frame import PAGES
from tests.browsers import USABLE, Watched, chromium, signed_in
from tests.databases import Databases, blocking
from tests.load.base import NOW, fill, spec_of
from tests.load.bench_kpis import rolled_up
from tests.load.releasing import trained
from tests.load.scored import background
from tests.load.table import Row
from tests.servers import add_key, running

HOME: Final = os.environ.get("CONSOLE_HOME", "")
CUSTOMERS: Final = int(os.environ.get("CONSOLE_CUSTOMERS", "2000" if HOME else "1000000"))
BASE: Final = os.environ.get("CONSOLE_BASE", "")
MOST_S: Final = 2.5 if CUSTOMERS > 100_000 else 1.5
MOST_MIB, OPEN_PAGES, ROUNDS = 250.0, 20, 3
PASSWORD: Final = "a password for benches"
_PATIENCE_MS: Final = 60_000
_LARGE: Final = 100_000
#: Backends tell what they scanned when they rest, at most once a second.
_COUNTED_AFTER_S: Final = 1.5
_SCANS: Final = """
SELECT relname, seq_scan FROM pg_stat_user_tables JOIN pg_class USING (relname)
WHERE relkind = 'r' AND reltuples > $1 ORDER BY relname
"""
SHOP: Final = {"BUSINESS_NOW": NOW.isoformat(), "BUSINESS_TIME_ZONE": "Asia/Shanghai"}


@dataclass(frozen=True, slots=True)
class Open:
    """A console that runs: where, as which process, who may enter, what there is to open."""

    url: str
    pid: int
    password: str
    paths: Sequence[str]
    database: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One page: median of the seconds until it was usable; large tables read from end to end."""

    path: str
    seconds: float
    scanned: Sequence[str]


def bench(_: PostgresServer, databases: Databases) -> list[Row]:
    """Open every page, several times each, then twenty at once."""
    with _console(databases) as console, chromium() as browser:
        context = signed_in(browser, console.url, "admin", console.password)
        watched = Watched(console.url)
        seen = [_seen(context, watched, console, path) for path in console.paths]
        mib = _memory(context, console)
    return [*map(_row, seen), _heavy(mib), _foreign(watched)]


@contextmanager
def _console(databases: Databases) -> Iterator[Open]:
    if HOME:
        yield _at_home(Path(HOME))
        return
    with _base(databases) as url, _started(url) as console:
        yield console


def _at_home(home: Path) -> Open:
    """Find the console that `make run` has started."""
    known = read_env(home / "env")
    record = json.loads((home / "processes" / "console.json").read_text("utf-8"))
    paths = _paths(known["SCORING_URL"], known["TIERLINE_ADMIN_KEY"])
    password = known[CONSOLE_PASSWORD]
    return Open(known["CONSOLE_URL"], int(record["pid"]), password, paths, known["DATABASE_URL"])


@contextmanager
def _base(databases: Databases) -> Iterator[str]:
    if BASE:
        blocking(_night(BASE))
        yield BASE
        return
    with databases.temporary() as url:
        blocking(fill(url, spec_of(CUSTOMERS)))
        trained(url)
        blocking(rolled_up(url))
        blocking(_night(url))
        yield url


async def _night(url: str) -> None:
    """Do what the worker does by night and pages look at: counts, and whether the model fits."""
    async with background(url) as worker:
        await worker.tally.count()
        await worker.drift.nightly()


@contextmanager
def _started(url: str) -> Iterator[Open]:
    """Run every service and the console on a base."""
    key = add_key(url, source="console")
    with (
        running("ingest", url, **SHOP) as ingest,
        running("scoring", url, **SHOP) as scoring,
        running("feedback", url, **SHOP, SCORING_URL=scoring.url) as feedback,
        running(
            "console",
            url,
            **SHOP,
            INGEST_URL=ingest.url,
            SCORING_URL=scoring.url,
            FEEDBACK_URL=feedback.url,
            TIERLINE_CONSOLE_KEY=key,
            CONSOLE_ADMIN_PASSWORD=PASSWORD,
        ) as console,
    ):
        yield Open(console.url, console.process.pid, PASSWORD, _paths(scoring.url, key), url)


def _paths(scoring: str, key: str) -> list[str]:
    """List the pages of the navigation, one customer's and one programme's."""
    import_pages()
    fixed = sorted({page.path for page in PAGES if "{" not in page.path})
    with httpx.Client(base_url=scoring, headers={"Authorization": f"Bearer {key}"}) as client:
        body = {"programme": "value", "limit": 1}
        found = client.post("/v1/customers/list", json=body, timeout=60).raise_for_status().json()
    return [*fixed, f"/customers/{found['items'][0]['customer_id']}", "/programmes/value"]


def _seen(context: BrowserContext, watched: Watched, console: Open, path: str) -> Seen:
    took = []
    before = blocking(_scans(console.database))
    for _ in range(ROUNDS):
        page = context.new_page()
        watched.look(page)
        begun = time.perf_counter()
        page.goto(console.url + path, timeout=_PATIENCE_MS, wait_until="commit")
        page.wait_for_function(USABLE, timeout=_PATIENCE_MS)
        took.append(time.perf_counter() - begun)
        if page.locator(".tl-fault").count():
            raise RuntimeError(f"{path}: {page.locator('.tl-fault').first.inner_text()}")
        page.close()
    time.sleep(_COUNTED_AFTER_S)
    after = blocking(_scans(console.database))
    return Seen(path, median(took), [name for name in after if after[name] > before.get(name, 0)])


async def _scans(database: str) -> dict[str, int]:
    """Count sequential scans of each large table so far."""
    connection = await asyncpg.connect(database, ssl=False)
    try:
        return dict(await connection.fetch(_SCANS, _LARGE))
    finally:
        await connection.close()


def _memory(context: BrowserContext, console: Open) -> float:
    """Open twenty pages and look how much the console's process holds; MiB."""
    pages = []
    for number in range(OPEN_PAGES):
        page = context.new_page()
        page.goto(console.url + console.paths[number % len(console.paths)], timeout=_PATIENCE_MS)
        page.wait_for_function(USABLE, timeout=_PATIENCE_MS)
        pages.append(page)
    mib = psutil.Process(console.pid).memory_info().rss / 2**20
    for page in pages:
        page.close()
    return float(mib)


def _row(seen: Seen) -> Row:
    return Row(
        name=f"console, {CUSTOMERS:,} customers: {seen.path} usable",
        figure=f"{seen.seconds:.2f} s",
        limit="",
        ratio=None,
        goal=f"<= {MOST_S} s",
        is_met=seen.seconds <= MOST_S,
        note=f"median of {ROUNDS}" + (f"; scans {', '.join(seen.scanned)}" if seen.scanned else ""),
    )


def _heavy(mib: float) -> Row:
    return Row(
        name=f"console process with {OPEN_PAGES} open pages",
        figure=f"{mib:.0f} MiB",
        limit="",
        ratio=None,
        goal=f"<= {MOST_MIB:.0f} MiB",
        is_met=mib <= MOST_MIB,
        note="resident, after every page was opened",
    )


def _foreign(watched: Watched) -> Row:
    return Row(
        name="requests of the console's pages to other hosts",
        figure=str(len(watched.foreign)),
        limit="",
        ratio=None,
        goal="0",
        is_met=not watched.foreign,
        note="; ".join(watched.foreign[:3]),
    )

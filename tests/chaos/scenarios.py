"""Who is killed, how often, and what the ledger says afterwards (PROMISES P1, P2)."""

import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

from deploy.local.postgres import PostgresServer
from shared.schema.migrate import upgrade
from tests.chaos.ledger import Ledger
from tests.chaos.reconcile import Verdict, reconcile
from tests.chaos.senders import Fleet
from tests.databases import Databases, blocking, embedded_server
from tests.servers import Server, add_key, running

NOW = "2026-03-02T00:00:00Z"
RECOVERED_WITHIN_S = 60


@dataclass(slots=True)
class House:
    """A Postgres of its own, ingest on it, tills that send to it."""

    postgres: PostgresServer
    ingest: Server
    fleet: Fleet
    dice: random.Random

    @property
    def acknowledged(self) -> int:
        return self.fleet.ledger.count


Blow = Callable[[House], None]


def kill_ingest(house: House) -> None:
    """Kill -9 of the service; a new process takes its port."""
    house.ingest.kill()
    house.ingest.start()


def kill_postmaster(house: House) -> None:
    """Kill -9 of the postmaster; ingest is left alone and must find the new one by itself."""
    process = house.postgres.process
    assert process is not None
    process.kill()
    process.wait()
    house.postgres.start(house.postgres.port)


def kill_backend(house: House) -> None:
    """Kill -9 of one backend at random: Postgres throws all others out and recovers by itself."""
    assert house.postgres.process is not None
    children = psutil.Process(house.postgres.process.pid).children()
    backends = [process for process in children if _serves_a_client(process)]
    if backends:
        with suppress(psutil.NoSuchProcess):  # it just ended by itself
            house.dice.choice(backends).kill()
        psutil.wait_procs(backends, timeout=5)


def _serves_a_client(process: psutil.Process) -> bool:
    try:
        return "127.0.0.1" in " ".join(process.cmdline())
    except psutil.Error:  # it just ended
        return False


def kill_everything(house: House) -> None:
    """SIGKILL of the service, the postmaster and every backend at once."""
    assert house.postgres.process is not None
    postmaster = psutil.Process(house.postgres.process.pid)
    for process in (*postmaster.children(recursive=True), postmaster):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)
    house.ingest.kill()
    house.postgres.process.wait()
    house.postgres.start(house.postgres.port)
    house.ingest.start()


BLOWS: dict[str, Blow] = {
    "ingest": kill_ingest,
    "postmaster": kill_postmaster,
    "backend": kill_backend,
    "everything": kill_everything,
}


@dataclass(frozen=True, slots=True)
class Report:
    """What a run measured, and its verdict."""

    killed: str
    rounds: int
    seed: int
    seconds: float
    up_seconds: float
    back_s: list[float]
    tally: Counter[str]
    verdict: Verdict

    @property
    def per_second(self) -> float:
        """Receipts acknowledged a second, restarts included."""
        return self.verdict.acknowledged / self.seconds

    @property
    def per_second_up(self) -> float:
        """Receipts acknowledged a second while nobody was dead."""
        return self.verdict.acknowledged / self.up_seconds

    @property
    def back_median_s(self) -> float:
        """Seconds from the kill to the next acknowledged receipt."""
        return median(self.back_s)


def run(killed: str, rounds: int, seed: int) -> Report:
    """Kill again and again under load, then compare the ledger with the database."""
    dice = random.Random(seed)
    with (
        tempfile.TemporaryDirectory(prefix="tierline-chaos-") as directory,
        embedded_server() as pg,
    ):
        database_url = _database(pg)
        ledger = Ledger(Path(directory) / "ledger.ndjson")
        headers = {"Authorization": f"Bearer {add_key(database_url)}"}
        with running("ingest", database_url, BUSINESS_NOW=NOW) as ingest:
            pid = ingest.process.pid
            house = House(pg, ingest, Fleet(ingest.url, headers, ledger, seed), dice)
            began = time.monotonic()
            back_s = _blows(house, BLOWS[killed], rounds)
            seconds = time.monotonic() - began
            if killed in ("postmaster", "backend"):
                assert ingest.process.pid == pid
                assert ingest.process.poll() is None
        ledger.close()
        verdict = reconcile(ledger, database_url)
    up = seconds - sum(back_s)
    return Report(killed, rounds, seed, seconds, up, back_s, house.fleet.tally, verdict)


def _database(server: PostgresServer) -> str:
    databases = Databases(server.url("postgres"))
    databases.execute('CREATE DATABASE "chaos"')
    url = databases.url("chaos")
    blocking(upgrade(url))
    return url


def _blows(house: House, blow: Blow, rounds: int) -> list[float]:
    """Strike at random instants; return the seconds each recovery took."""
    back_s = []
    house.fleet.start()
    try:
        _wait_for_more(house)
        for _ in range(rounds):
            time.sleep(house.dice.uniform(0, 2))
            struck = time.monotonic()
            blow(house)
            _wait_for_more(house)
            back_s.append(time.monotonic() - struck)
        time.sleep(1)
    finally:
        house.fleet.stop()
    return back_s


def _wait_for_more(house: House) -> None:
    """Wait until another receipt is acknowledged."""
    before, deadline = house.acknowledged, time.monotonic() + RECOVERED_WITHIN_S
    while house.acknowledged == before and not house.fleet.has_failed:
        assert time.monotonic() < deadline, "nothing is acknowledged any more"
        time.sleep(0.01)

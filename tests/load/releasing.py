"""Train or release in a process of its own, and say what it took: seconds, CPU, memory."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from threading import Event, Thread

import psutil

from services.scoring.domain.life.promotion import Order
from services.scoring.domain.tiers.programme import VALUE_DOCUMENT, VALUE_KEY
from services.scoring.queries.releases.releases import seed_programme
from services.scoring.usecases.simulation.simulate import Order as Simulation
from tests.load.scored import background, no_report
from tests.paths import REPO_DIR

_EVERY_S = 0.25


@dataclass(frozen=True, slots=True)
class Took:
    """What a job took, with the processes it started; memory is their sum at its highest."""

    seconds: float
    cpu_seconds: float
    peak_mib: float
    version: str


def trained(url: str) -> Took:
    """Train on a filled database and put the model into force."""
    return _in_a_process("train", url)


def promoted(url: str, version: str) -> Took:
    """Put a trained model into force, whatever the gate says of it."""
    return _in_a_process("promote", url, version)


def simulated(url: str, key: str, version: int) -> Took:
    """Simulate a version of a programme; `version` of what it took are the result's bytes."""
    return _in_a_process("simulate", url, f"{key}/{version}")


def _in_a_process(*arguments: str) -> Took:
    command = [sys.executable, "-m", "tests.load.releasing", *arguments]
    done = subprocess.run(command, cwd=REPO_DIR, check=True, stdout=subprocess.PIPE)
    return Took(**json.loads(done.stdout.splitlines()[-1]))


async def _work(what: str, url: str, version: str = "") -> Took:
    async with background(url) as worker:
        await seed_programme(worker.pool, VALUE_KEY, "internal", dict(VALUE_DOCUMENT))
        order = Order("bench", overrides=True)
        begun = time.perf_counter()
        with _watched() as seen:
            if what == "train":
                found = await worker.trainer.train(no_report, order)
                version = str(found["model_version"])
                if not found["promoted"]:  # the gate may say no: the base is released all the same
                    await worker.trainer.promote(version, no_report, order)
            elif what == "simulate":
                key, _, number = version.partition("/")
                asked = Simulation(key, int(number), months=12, seed=1)
                version = json.dumps(await worker.simulator.simulate(asked, no_report))
            else:
                await worker.trainer.promote(version, no_report, order)
        return Took(time.perf_counter() - begun, seen.cpu_seconds, seen.peak_mib, version)


@dataclass(slots=True)
class _Seen:
    cpu_seconds: float = 0.0
    peak_mib: float = 0.0


@contextmanager
def _watched() -> Iterator[_Seen]:
    """Watch this process and those it starts; one that has ended keeps the CPU it was seen with."""
    seen, used, over = _Seen(), dict[int, float](), Event()
    before = _cpu_of(psutil.Process())

    def look() -> None:
        memory = 0.0
        for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
            with suppress(psutil.Error):
                memory += _memory_of(process)
                used[process.pid] = _cpu_of(process)
        seen.peak_mib = max(seen.peak_mib, memory / 2**20)

    def watch() -> None:
        while not over.wait(_EVERY_S):
            look()

    watching = Thread(target=watch)
    watching.start()
    try:
        yield seen
    finally:
        over.set()
        watching.join()
        look()
        seen.cpu_seconds = sum(used.values()) - before


def _cpu_of(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _memory_of(process: psutil.Process) -> float:
    # What processes share counts once, where the system tells.
    full = process.memory_full_info()
    return float(getattr(full, "pss", full.rss))


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(_work(*sys.argv[1:])))))

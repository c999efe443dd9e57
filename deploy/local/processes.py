"""Children that come back by themselves: one operating system process per service."""

import asyncio
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.errors import StartRefused
from deploy.local.output import Output
from deploy.local.parentage import dies_with_parent
from deploy.local.records import remember

FIRST_DELAY_S, LONGEST_DELAY_S = 0.2, 10.0
STEADY_AFTER_S = 30.0  # a child that lived this long starts again without delay
TRIES_BEFORE_LIVE = 3


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """What to run: arguments, the whole environment, and where its output goes."""

    name: str
    arguments: tuple[str, ...]
    environ: Mapping[str, str] = field(repr=False)
    log_file: Path
    record: Path


class Child:
    """A process kept alive until `stop`; start it from the main thread (see parentage.py).

    With `hear` it is one that is told things (`tell`) and whose every line is heard.
    """

    def __init__(
        self,
        spec: ChildSpec,
        say: Callable[[str], None],
        hear: Callable[[bytes], None] | None = None,
    ) -> None:
        self.spec = spec
        self.has_been_live = False
        self.process: asyncio.subprocess.Process | None = None
        self._say = say
        self._hear = hear
        self._started = asyncio.Event()
        self._stopping = asyncio.Event()

    async def keep_alive(self) -> None:
        """Run the process, again whenever it ends; raise StartRefused if it never comes to life."""
        failures = 0
        while not self._stopping.is_set():
            started_at = time.monotonic()
            code, output = await self._run_once()
            if self._stopping.is_set():
                return
            lived_s = time.monotonic() - started_at
            failures = 1 if lived_s >= STEADY_AFTER_S else failures + 1
            if not self.has_been_live and failures >= TRIES_BEFORE_LIVE:
                raise StartRefused(
                    f"{self.spec.name} does not start; the end of {self.spec.log_file}:\n"
                    + output.last_words()
                )
            self._say(f"{self.spec.name} {describe_end(code)}; starting it again")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), backoff_s(failures))

    async def run(self) -> tuple[int, str]:
        """Run the process once, to its end; give its exit code and the last it said."""
        code, output = await self._run_once()
        return code, output.last_words()

    async def tell(self, line: bytes) -> None:
        """Write to the process; one that has ended does not listen."""
        await self._started.wait()
        if self.process is None or self.process.stdin is None:
            raise AssertionError("asked for a pipe")
        with suppress(ConnectionError):
            self.process.stdin.write(line)
            await self.process.stdin.drain()

    async def stop(self, patience_s: float) -> None:
        """Ask the process to finish, insist after a while, and return when it is gone."""
        self._stopping.set()
        for number in (signal.SIGTERM, signal.SIGKILL):
            process = self.process
            if process is None or process.returncode is not None:
                return
            process.send_signal(number)
            try:
                await asyncio.wait_for(process.wait(), patience_s)
            except TimeoutError:
                self._say(f"{self.spec.name} did not finish in {patience_s:.0f} s")

    async def _run_once(self) -> tuple[int, Output]:
        output = Output(self.spec.name, self.spec.log_file, self._say, self._hear)
        # A session of its own: Ctrl-C reaches the runner only, which stops things in order.
        self.process = await asyncio.create_subprocess_exec(
            *self.spec.arguments,
            stdin=asyncio.subprocess.PIPE if self._hear else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=dict(self.spec.environ),
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )
        if self.process.stdout is None:
            raise AssertionError("asked for a pipe")
        remember(self.spec.record, self.process.pid)
        self._started.set()
        if self._stopping.is_set():  # asked while the process was being made
            self.process.terminate()
        await output.follow(self.process.stdout)
        return await self.process.wait(), output


def backoff_s(failures: int) -> float:
    """Give the pause before the next try: none at first, then doubling up to ten seconds."""
    return min(FIRST_DELAY_S * 2 ** (failures - 2), LONGEST_DELAY_S) if failures > 1 else 0.0


def describe_end(code: int) -> str:
    """Say how a process ended."""
    if code >= 0:
        return f"ended by itself with code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"

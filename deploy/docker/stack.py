"""The compose file as a running thing, with whichever of docker and podman is there."""

import shlex
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

REPO_DIR = Path(__file__).resolve().parents[2]
_CANDIDATES = (("docker", "compose"), ("podman-compose",), ("podman", "compose"))
# When process 1 of the container started, in ticks since the machine did: another after a restart.
_STARTED_AT = "cut -d ' ' -f 22 /proc/1/stat"
# Every process but the first, at once: the init of the container ends with them. `docker kill`
# would not do: engines do not restart what an operator stopped.
_KILL_ALL = "kill -9 -1"


class StackFailed(Exception):
    """The compose file does not do what it promises."""


@dataclass(frozen=True, slots=True)
class Stack:
    """One installation of the compose file, named by its project."""

    compose: tuple[str, ...]
    project: str
    environ: Mapping[str, str]

    def run(self, *arguments: str) -> None:
        """Run a compose command; raise StackFailed with its last words."""
        done = self._call(*arguments)
        if done.returncode:
            raise StackFailed(f"{shlex.join(arguments)} failed:\n{_tail(done.stdout)}")

    def shell(self, service: str, script: str) -> str | None:
        """Run a shell script in a container; None where it failed or there is no container."""
        done = self._call("exec", "-T", service, "sh", "-c", script)
        return None if done.returncode else done.stdout.strip()

    def logs(self) -> str:
        """Give the last lines of every container."""
        return _tail(self._call("logs", "--tail", "30").stdout, lines=200)

    def remove(self) -> None:
        """Take down containers, networks and volumes."""
        self.run("down", "--volumes", "--timeout", "30")

    def kill(self, service: str) -> str | None:
        """Kill the processes of a container with SIGKILL; tell when it had started."""
        started_at = self.shell(service, _STARTED_AT)
        self.shell(service, _KILL_ALL)
        return started_at

    def await_restart(self, service: str, started_at: str | None, timeout_s: float) -> None:
        """Wait until the engine has started the container again."""

        def is_back() -> bool:
            now = self.shell(service, _STARTED_AT)
            return now is not None and now != started_at

        await_true(
            is_back, f"{service} was killed and the engine did not start it again", timeout_s
        )

    def _call(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(  # noqa: S603 - every argument is ours or the operator's
            [*self.compose, "-p", self.project, *arguments],
            cwd=REPO_DIR,
            env=dict(self.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


def find_compose(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Choose the compose command: $COMPOSE, else the first that answers."""
    if chosen := environ.get("COMPOSE"):
        return tuple(shlex.split(chosen))
    for candidate in _CANDIDATES:
        if _answers(candidate):
            return candidate
    raise StackFailed(
        "neither docker compose nor podman-compose works here: install one, or name it in COMPOSE"
    )


def await_true(holds: Callable[[], bool], complaint: str, timeout_s: float) -> None:
    """Ask twice a second until it holds; raise StackFailed with the complaint after the time."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        if time.monotonic() > deadline:
            raise StackFailed(f"{complaint} (waited {timeout_s:.0f} s)")
        time.sleep(0.5)


def _answers(command: Sequence[str]) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 - one of the candidates above
            [*command, "version"], capture_output=True, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


def _tail(text: str, lines: int = 40) -> str:
    return "\n".join(text.splitlines()[-lines:])

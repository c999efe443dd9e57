"""All local state in one directory: secrets, data, logs, and who is using it."""

import fcntl
import os
import secrets
import shlex
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import StartRefused
from shared.keys import new_key

DEFAULT = ".local"
PASSWORD = "EMBEDDED_POSTGRES_PASSWORD"  # noqa: S105 - the name of a setting
PORT = "EMBEDDED_POSTGRES_PORT"
CONSOLE_PASSWORD = "CONSOLE_ADMIN_PASSWORD"  # noqa: S105 - the name of a setting
_REPO_DIR = Path(__file__).resolve().parents[2]
_HEADER = "# Secrets and addresses of this installation, written by make run (shell syntax).\n"


@dataclass(frozen=True, slots=True)
class Home:
    """The directory TIERLINE_HOME names, and where things lie in it."""

    directory: Path

    @property
    def env_file(self) -> Path:
        """Secrets and addresses, shell syntax, mode 0600."""
        return self.directory / "env"

    @property
    def data_dir(self) -> Path:
        """The embedded Postgres cluster."""
        return self.directory / "postgres"

    @property
    def logs(self) -> Path:
        """One log file per process."""
        return self.directory / "logs"

    @property
    def processes(self) -> Path:
        """Which processes were started, for a start after a crash."""
        return self.directory / "processes"

    @property
    def demo_file(self) -> Path:
        """How far the demo shop got."""
        return self.directory / "demo.json"


def home_of(environ: Mapping[str, str]) -> Home:
    """Name the home: TIERLINE_HOME (relative to the repository), by default .local/."""
    return Home((_REPO_DIR / Path(environ.get("TIERLINE_HOME") or DEFAULT).expanduser()).resolve())


def make_home(home: Home) -> None:
    """Make the directories that are missing; modes of what exists stay."""
    try:
        home.directory.mkdir(parents=True, exist_ok=True)
        for directory in (home.logs, home.processes):
            directory.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StartRefused(
            f"TIERLINE_HOME={home.directory} cannot be made: {error.strerror}"
        ) from error


def read_env(path: Path) -> dict[str, str]:
    """Read a file of NAME=value lines as a shell would; nothing when there is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (part.split("=", 1) for line in lines for part in shlex.split(line, comments=True))
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def write_env(path: Path, values: Mapping[str, str]) -> None:
    """Replace the file in one step, readable by its owner only."""
    text = _HEADER + "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())
    draft_fd, draft = tempfile.mkstemp(prefix=".env-", dir=path.parent)  # made with mode 0600
    with os.fdopen(draft_fd, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(draft).replace(path)


def with_secrets(known: Mapping[str, str]) -> dict[str, str]:
    """Keep the secrets that are known and make up those that are missing."""
    made = {
        "TIERLINE_ADMIN_KEY": new_key(),
        "TIERLINE_SERVICE_KEY": new_key(),
        "TIERLINE_CONSOLE_KEY": new_key(),
        "TIERLINE_SECRET_KEY": secrets.token_hex(32),
        CONSOLE_PASSWORD: secrets.token_urlsafe(12),
        PASSWORD: secrets.token_urlsafe(24),
    }
    return {**made, **known}


def load_secrets(home: Home) -> dict[str, str]:
    """Read the home's env file, completed; raise StartRefused where it is lost but data is not."""
    known = read_env(home.env_file)
    if PASSWORD not in known and (home.data_dir / "PG_VERSION").exists():
        raise StartRefused(
            f"{home.env_file} is missing, but {home.data_dir} holds data that only its secrets "
            f"open: put the file back, or remove {home.directory} to begin anew"
        )
    return with_secrets(known)


@contextmanager
def exclusive(home: Home) -> Iterator[None]:
    """Hold the home for this process; the lock goes with it, however it ends."""
    with (home.directory / "lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise StartRefused(
                f"Tierline already runs on {home.directory} (process {lock.read().strip()}): "
                "stop it first, or give this one a TIERLINE_HOME and PORT_BASE of its own"
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield

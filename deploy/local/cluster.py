"""A database cluster on disk: made once, by initdb, with a password and checksums."""

import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from deploy.local.account import Account, account_for, can_reach, reachable_programs
from deploy.local.errors import StartRefused
from deploy.local.parentage import dies_with_parent
from deploy.local.programs import Programs

SUPERUSER = "tierline"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A data directory, the programs that serve it, and whom they run as (None: ourselves)."""

    data_dir: Path
    programs: Programs
    account: Account | None


def prepare_cluster(
    data_dir: Path, programs: Programs, password: str, *, is_synced: bool = True
) -> Cluster:
    """Open the cluster in a directory, making it on the first call; raise StartRefused."""
    account = account_for(data_dir)
    cluster = Cluster(data_dir, reachable_programs(programs, account), account)
    if (data_dir / "PG_VERSION").exists():
        _require_same_major(cluster)
    else:
        _create(cluster, password, is_synced=is_synced)
    return cluster


def spawn(
    cluster: Cluster, program: str, arguments: list[str], output: IO[bytes], pass_fd: int = -1
) -> subprocess.Popen[bytes]:
    """Start one of the programs on the data directory, as the cluster's account."""
    account = cluster.account
    directory, handle = str(cluster.data_dir), -1
    if not can_reach(cluster.data_dir, account):
        # An open directory is entered by its descriptor, whoever may walk down to it.
        handle = os.open(cluster.data_dir, os.O_RDONLY | os.O_DIRECTORY)
        directory = f"/proc/self/fd/{handle}"
    try:
        return subprocess.Popen(
            [cluster.programs.path(program), "-D", directory, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            umask=0o077,
            pass_fds=[fd for fd in (handle, pass_fd) if fd >= 0],
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGINT),  # noqa: PLW1509 - before any thread
        )
    finally:
        if handle >= 0:
            os.close(handle)


def _create(cluster: Cluster, password: str, *, is_synced: bool) -> None:
    """Run initdb beside the final place and move the result there: an interrupted one is redone."""
    final = cluster.data_dir
    final.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".initdb-", dir=final.parent) as parent:
        Path(parent).chmod(0o755)
        draft = Path(parent) / "data"
        draft.mkdir(mode=0o700)
        if cluster.account:
            os.chown(draft, cluster.account.uid, cluster.account.gid)
        _initdb(Cluster(draft, cluster.programs, cluster.account), password, is_synced=is_synced)
        draft.rename(final)


def _initdb(cluster: Cluster, password: str, *, is_synced: bool) -> None:
    with tempfile.TemporaryFile() as password_file, tempfile.TemporaryFile() as output:
        password_file.write(password.encode() + b"\n")
        password_file.flush()
        if cluster.account:
            os.fchown(password_file.fileno(), cluster.account.uid, cluster.account.gid)
        os.lseek(password_file.fileno(), 0, os.SEEK_SET)
        arguments = _initdb_arguments(cluster.programs.major, password_file.fileno())
        process = spawn(
            cluster,
            "initdb",
            arguments if is_synced else [*arguments, "--no-sync"],
            output,
            pass_fd=password_file.fileno(),
        )
        if process.wait(timeout=120) != 0:
            output.seek(0)
            said = output.read().decode(errors="replace").strip()
            raise StartRefused(f"initdb failed in {cluster.data_dir.parent.parent}:\n{said}")


def _initdb_arguments(major: int, password_fd: int) -> list[str]:
    # One order of strings on every machine: code points, from Postgres itself where it can.
    provider = ["--locale-provider=builtin"] if major >= 17 else []
    return [
        *provider,
        "--locale=C.UTF-8",
        "--encoding=UTF8",
        "--data-checksums",
        "--auth=scram-sha-256",
        f"--username={SUPERUSER}",
        f"--pwfile=/dev/fd/{password_fd}",
    ]


def _require_same_major(cluster: Cluster) -> None:
    made_by = (cluster.data_dir / "PG_VERSION").read_text(encoding="ascii").strip()
    if made_by != str(cluster.programs.major):
        raise StartRefused(
            f"{cluster.data_dir} was made by PostgreSQL {made_by}, but the programs found are "
            f"{cluster.programs.major} ({cluster.programs.directory}): set TIERLINE_PG_BIN to a "
            f"PostgreSQL {made_by}, or move the data with pg_dump"
        )

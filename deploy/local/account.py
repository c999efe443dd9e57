"""Postgres refuses to run as root: as whom it runs then, and how it reaches its files.

Modes of directories outside TIERLINE_HOME are never changed. Two things can lie where the
unprivileged account may not walk, such as below /root: the data directory is then handed over
as an open descriptor, and the programs are copied once to a place of ours.
"""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import StartRefused
from deploy.local.programs import Programs

_CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine."""

    name: str
    uid: int
    gid: int


def account_for(data_dir: Path) -> Account | None:
    """Choose whom Postgres runs as: None is ourselves, else the owner the data already has."""
    if os.geteuid() != 0:
        return None
    if data_dir.exists() and (owner := data_dir.stat().st_uid) != 0:
        return _account(pwd.getpwuid(owner))
    for name in _CANDIDATES:
        try:
            return _account(pwd.getpwnam(name))
        except KeyError:
            continue
    raise StartRefused(
        "Postgres does not run as root, and this machine has neither a user postgres nor nobody: "
        "start Tierline as a normal user or set DATABASE_URL"
    )


def can_reach(path: Path, account: Account | None) -> bool:
    """Tell by mode bits whether the account may enter the path (or run it, if it is a program)."""
    if account is None:
        return True
    path = path.resolve()
    return all(_may_search(parent.stat(), account) for parent in (path, *path.parents))


def reachable_programs(
    programs: Programs, account: Account | None, places: tuple[Path, ...] | None = None
) -> Programs:
    """Give programs the account can run, copying them once where it cannot walk to them."""
    if can_reach(Path(programs.path("postgres")), account):
        return programs
    for place in places or (Path("/var/lib/tierline"), Path(tempfile.gettempdir()) / "tierline"):
        if _is_safe_place(place) and can_reach(place, account):
            return _copied(programs, place)
    raise StartRefused(
        f"{account and account.name} cannot reach {programs.directory} and there is no place to "
        "copy the programs to: move the checkout or set DATABASE_URL"
    )


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _may_search(status: os.stat_result, account: Account) -> bool:
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _is_safe_place(place: Path) -> bool:
    """Make the place if need be; others must not be able to put programs into it."""
    try:
        place.mkdir(mode=0o755, exist_ok=True)
        status = place.lstat()
    except OSError:
        return False
    others_write = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not others_write


def _copied(programs: Programs, place: Path) -> Programs:
    """Copy bin, lib and share, and the wheel's libraries, which are found by relative path."""
    installation = programs.directory.parent
    package = installation.parent
    with (programs.directory / "postgres").open("rb") as program:
        digest = hashlib.file_digest(program, "sha256").hexdigest()
    target = place / f"postgresql-{programs.major}-{digest[:16]}"
    inside = target / package.name / installation.name / programs.directory.name
    if not target.exists():
        draft = Path(tempfile.mkdtemp(prefix=".copy-", dir=place))
        draft.chmod(0o755)
        shutil.copytree(installation, draft / package.name / installation.name, symlinks=True)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        for path in draft.rglob("*"):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
        draft.replace(target)
    return Programs(inside, programs.major, programs.origin)

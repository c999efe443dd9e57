import os
import pwd
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.account import Account, account_for, can_reach, reachable_programs
from deploy.local.errors import StartRefused
from deploy.local.programs import Programs

NOBODY = Account("nobody", 65534, 65534)
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs Postgres as somebody else")


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A directory below which only its owner may walk."""
    directory = tmp_path / "closed"
    directory.mkdir(mode=0o700)
    return directory


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory everybody may walk to (pytest's own are closed)."""
    with tempfile.TemporaryDirectory(prefix="tierline-place-") as directory:
        Path(directory).chmod(0o755)
        yield Path(directory)


def installation(directory: Path) -> Programs:
    binaries = directory / "wheel" / "install" / "bin"
    binaries.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (binaries / name).write_text(name)
        (binaries / name).chmod(0o700)
    libraries = directory / "wheel.libs"
    libraries.mkdir()
    (libraries / "libpq.so").write_text("library")
    return Programs(binaries, 18, "wheel")


def test_ourselves_reach_everything(closed: Path) -> None:
    assert can_reach(closed, None)


def test_others_do_not_reach_below_a_closed_directory(closed: Path) -> None:
    inner = closed / "inner"
    inner.mkdir(mode=0o755)
    assert not can_reach(inner, NOBODY)


def test_everybody_reaches_the_root() -> None:
    assert can_reach(Path("/"), NOBODY)


@pytest.mark.skipif(os.geteuid() == 0, reason="as root it is somebody else")
def test_normal_user_runs_postgres_itself(tmp_path: Path) -> None:
    assert account_for(tmp_path) is None


@as_root
def test_root_runs_postgres_as_somebody_else(tmp_path: Path) -> None:
    account = account_for(tmp_path / "new")
    assert account is not None
    assert account.uid != 0


@as_root
def test_data_keeps_the_owner_it_has(tmp_path: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    os.chown(tmp_path, nobody.pw_uid, nobody.pw_gid)
    account = account_for(tmp_path)
    assert account is not None
    assert account.name == "nobody"


def test_reachable_programs_are_used_where_they_are(closed: Path) -> None:
    programs = installation(closed)
    assert reachable_programs(programs, None) is programs


def test_programs_out_of_reach_are_copied_with_their_libraries(closed: Path, place: Path) -> None:
    copied = reachable_programs(installation(closed), NOBODY, (place,))
    assert can_reach(copied.directory / "postgres", NOBODY)
    assert (copied.directory.parents[2] / "wheel.libs" / "libpq.so").read_text() == "library"


def test_programs_are_copied_once(closed: Path, place: Path) -> None:
    programs = installation(closed)
    first = reachable_programs(programs, NOBODY, (place,))
    assert reachable_programs(programs, NOBODY, (place,)) == first
    assert len(list(place.iterdir())) == 1


def test_place_that_others_may_write_is_not_used(closed: Path, place: Path) -> None:
    programs = installation(closed)
    place.chmod(0o777)
    with pytest.raises(StartRefused, match="no place to copy"):
        reachable_programs(programs, NOBODY, (place,))

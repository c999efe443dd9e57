from pathlib import Path

import pytest

from deploy.local.errors import StartRefused
from deploy.local.programs import find_programs, programs_in, wheel_programs


def make_programs(directory: Path, version: str) -> Path:
    """Programs that only know their version."""
    directory.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (directory / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (directory / name).chmod(0o755)
    return directory


def test_named_directory_comes_first(tmp_path: Path) -> None:
    named = make_programs(tmp_path / "bin", "15.18 (Debian 15.18-0+deb12u1)")
    found = find_programs({"TIERLINE_PG_BIN": str(named)})
    assert (found.directory, found.major, found.origin) == (named, 15, "TIERLINE_PG_BIN")


def test_wheel_comes_before_the_system(tmp_path: Path) -> None:
    on_path = make_programs(tmp_path / "bin", "17.1")
    assert find_programs({"PATH": str(on_path)}).origin == "wheel"


def test_newest_of_the_wheel_is_taken() -> None:
    assert find_programs({}).major == max(found.major for found in wheel_programs())


def test_named_directory_without_programs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match="holds no initdb and postgres"):
        find_programs({"TIERLINE_PG_BIN": str(tmp_path)})


@pytest.mark.parametrize("version", ["14.2", "19beta1"])
def test_unsupported_version_is_refused(tmp_path: Path, version: str) -> None:
    named = make_programs(tmp_path / "bin", version)
    with pytest.raises(StartRefused, match="15 to 18"):
        find_programs({"TIERLINE_PG_BIN": str(named)})


@pytest.mark.parametrize(
    "text", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\necho hello\n", "\x00not a program"]
)
def test_programs_that_do_not_run_are_none(tmp_path: Path, text: str) -> None:
    named = make_programs(tmp_path / "bin", "18.4")
    (named / "postgres").write_text(text)
    assert programs_in(named, "system") is None

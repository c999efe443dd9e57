import os
import stat
import subprocess
from pathlib import Path

import pytest

from deploy.local.errors import StartRefused
from deploy.local.home import (
    PASSWORD,
    Home,
    exclusive,
    home_of,
    load_secrets,
    make_home,
    read_env,
    with_secrets,
    write_env,
)
from shared.keys import is_key
from shared.secrets import Secrets
from tests.paths import REPO_DIR


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    make_home(made)
    return made


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, REPO_DIR / ".local"),
        ({"TIERLINE_HOME": ""}, REPO_DIR / ".local"),
        ({"TIERLINE_HOME": "elsewhere"}, REPO_DIR / "elsewhere"),
        ({"TIERLINE_HOME": "/srv/tierline"}, Path("/srv/tierline")),
    ],
)
def test_home_is_relative_to_the_repository(given: dict[str, str], expected: Path) -> None:
    assert home_of(given).directory == expected


def test_env_file_is_read_as_it_was_written(home: Home) -> None:
    values = {"A": "plain", "B": "with 'quotes' and $dollar", "C": "", "D": "x=y#z"}
    write_env(home.env_file, values)
    assert read_env(home.env_file) == values


def test_shell_reads_the_same_from_the_env_file(home: Home) -> None:
    write_env(home.env_file, {"A": "it's $HOME `x`"})
    command = ["sh", "-c", '. "$0"; printf %s "$A"', str(home.env_file)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == (
        "it's $HOME `x`"
    )


def test_env_file_is_private_whatever_the_umask(home: Home) -> None:
    before = os.umask(0)
    write_env(home.env_file, {"A": "1"})
    os.umask(before)
    assert stat.S_IMODE(home.env_file.stat().st_mode) == 0o600


def test_missing_env_file_holds_nothing(home: Home) -> None:
    assert read_env(home.env_file) == {}


def test_made_up_secrets_are_valid() -> None:
    made = with_secrets({})
    assert is_key(made["TIERLINE_ADMIN_KEY"])
    assert is_key(made["TIERLINE_SERVICE_KEY"])
    assert is_key(made["TIERLINE_CONSOLE_KEY"])
    assert len(made["CONSOLE_ADMIN_PASSWORD"]) >= 12
    assert Secrets.from_hex(made["TIERLINE_SECRET_KEY"])


def test_known_secrets_are_kept() -> None:
    known = {"TIERLINE_SECRET_KEY": "00" * 32, "BUSINESS_TIME_ZONE": "Asia/Shanghai"}
    assert with_secrets(known).items() >= known.items()


def test_lost_secrets_of_existing_data_are_not_made_up(home: Home) -> None:
    home.data_dir.mkdir()
    (home.data_dir / "PG_VERSION").write_text("18\n")
    with pytest.raises(StartRefused, match="put the file back"):
        load_secrets(home)


def test_secrets_of_existing_data_are_loaded(home: Home) -> None:
    write_env(home.env_file, {PASSWORD: "known"})
    home.data_dir.mkdir()
    (home.data_dir / "PG_VERSION").write_text("18\n")
    assert load_secrets(home)[PASSWORD] == "known"


def test_home_is_used_by_one_at_a_time(home: Home) -> None:
    with (
        exclusive(home),
        pytest.raises(StartRefused, match=f"process {os.getpid()}"),
        exclusive(home),
    ):
        pass


def test_home_is_free_again_after_its_user(home: Home) -> None:
    with exclusive(home):
        pass
    with exclusive(home):
        pass


def test_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartRefused, match="TIERLINE_HOME="):
        make_home(Home(tmp_path / "file" / "home"))


def test_modes_of_an_existing_home_stay(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    make_home(Home(tmp_path))
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o711

import os
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deploy.local.ports import free_port
from tests.runner import (
    Runner,
    four_free_ports,
    is_gone,
    make_stand_ins,
    pasted_key,
    running,
    wait_for,
)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    make_stand_ins(tmp_path)
    return tmp_path


@pytest.fixture
def base() -> int:
    return four_free_ports()


@pytest.fixture
def runner(directory: Path, base: int) -> Iterator[Runner]:
    with running(directory, base) as started:
        started.wait_ready()
        yield started


def test_sigterm_stops_everything_and_exits_0(runner: Runner) -> None:
    names = ("ingest", "scoring", "feedback", "worker")
    everything = [*map(runner.recorded, names), *_postgres_below(runner.home)]
    assert len(everything) > 5
    assert runner.stop(signal.SIGTERM) == 0
    assert all(is_gone(pid) for pid in everything)
    assert "Tierline has stopped" in runner.output


def test_ctrl_c_exits_0(runner: Runner) -> None:
    assert runner.stop(signal.SIGINT) == 0


def test_killed_service_comes_back(runner: Runner) -> None:
    before = runner.pid_of("ingest")
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: _answers(runner, "ingest"), within_s=2)
    assert runner.pid_of("ingest") != before
    assert "ingest was ended by SIGKILL" in runner.output


def test_killed_postgres_comes_back_on_its_port(runner: Runner) -> None:
    port = int(runner.env["EMBEDDED_POSTGRES_PORT"])
    postmaster = int((runner.home / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
    os.kill(postmaster, signal.SIGKILL)
    wait_for(lambda: not _is_accepting(port), within_s=5)
    wait_for(lambda: _is_accepting(port), within_s=10)


def test_second_start_keeps_secrets_and_data(directory: Path, base: int) -> None:
    with running(directory, base) as first:
        first.wait_ready()
        before = first.env
        first.stop()
    with running(directory, base) as second:
        assert second.wait_ready() < 8
        assert second.env == before


def test_a_shell_that_sourced_the_env_file_starts_it_again(directory: Path, base: int) -> None:
    with running(directory, base) as first:
        first.wait_ready()
        before = first.env
        first.stop()
    with running(directory, base, **before) as second:
        second.wait_ready()
        assert second.env == before
        assert _postgres_below(second.home)


def test_the_password_of_another_home_locks_nobody_out(directory: Path, base: int) -> None:
    other = {"EMBEDDED_POSTGRES_PASSWORD": "of-another-home", "EMBEDDED_POSTGRES_PORT": "1"}
    with running(directory, base, **other) as first:
        first.wait_ready()
        before = first.env
        first.stop()
    with running(directory, base) as second:
        second.wait_ready()
        assert second.env == before
    assert "of-another-home" not in before.values()


def test_start_after_kill_of_the_runner_is_clean(directory: Path, base: int) -> None:
    with running(directory, base) as first:
        first.wait_ready()
        first.process.kill()
        first.process.wait()
    with running(directory, base) as second:
        second.wait_ready()
        assert second.stop() == 0


def test_second_runner_on_one_home_is_refused(runner: Runner, directory: Path, base: int) -> None:
    with running(directory, base + 10) as second:
        assert second.process.wait(timeout=20) == 1
        assert "already runs" in second.output


def test_taken_port_is_named(directory: Path, base: int) -> None:
    with socket.create_server(("127.0.0.1", base + 2)), running(directory, base) as refused:
        assert refused.process.wait(timeout=20) == 1
        assert f"port {base + 2} is taken" in refused.output
        assert "PORT_BASE" in refused.output


def test_service_that_cannot_start_stops_the_start(directory: Path, base: int) -> None:
    (directory / "services" / "scoring" / "__main__.py").write_text("raise SystemExit('no model')")
    with running(directory, base) as refused:
        assert refused.process.wait(timeout=40) == 1
        assert "scoring does not start" in refused.output
        assert "no model" in refused.output


def test_unreachable_database_is_refused_without_its_password(directory: Path, base: int) -> None:
    url = f"postgresql://shop:hunter2@127.0.0.1:{free_port()}/shop"
    with running(directory, base, DATABASE_URL=url) as refused:
        assert refused.process.wait(timeout=20) == 1
        assert "DATABASE_URL cannot be used" in refused.output
        assert "hunter2" not in refused.output


def test_secrets_are_readable_by_their_owner_only(runner: Runner) -> None:
    assert stat.S_IMODE((runner.home / "env").stat().st_mode) == 0o600


def test_ready_line_shows_the_admin_key(runner: Runner) -> None:
    assert pasted_key(runner.output) == runner.env["TIERLINE_ADMIN_KEY"]


def test_home_below_a_closed_directory_works_and_modes_stay(directory: Path, base: int) -> None:
    directory.chmod(0o700)
    with running(directory, base) as started:
        started.wait_ready()
        assert started.stop() == 0
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def _answers(runner: Runner, service: str) -> bool:
    try:
        return runner.pid_of(service) > 0
    except OSError:
        return False


def _is_accepting(port: int) -> bool:
    with socket.socket() as connection:
        connection.settimeout(0.2)
        return connection.connect_ex(("127.0.0.1", port)) == 0


def _postgres_below(home: Path) -> list[int]:
    directory = str(home / "postgres")
    return [p.pid for p in psutil.process_iter() if p.name() == "postgres" and p.cwd() == directory]

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from deploy.local.errors import StartRefused
from deploy.local.output import Output, is_alarming, set_aside_large_log
from deploy.local.processes import Child, ChildSpec, backoff_s, describe_end
from deploy.local.records import remember, stop_remembered


def make_child(directory: Path, program: str, said: list[str]) -> Child:
    spec = ChildSpec(
        name="thing",
        arguments=(sys.executable, "-c", program),
        environ={},
        log_file=directory / "thing.log",
        record=directory / "thing.json",
    )
    return Child(spec, said.append)


@pytest.mark.parametrize(
    ("failures", "expected"),
    [(0, 0.0), (1, 0.0), (2, 0.2), (3, 0.4), (4, 0.8), (7, 6.4), (8, 10.0), (99, 10.0)],
)
def test_pause_doubles_up_to_ten_seconds(failures: int, expected: float) -> None:
    assert backoff_s(failures) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("code", "words"),
    [(1, "ended by itself with code 1"), (-9, "was ended by SIGKILL"), (-99, "by signal 99")],
)
def test_end_is_said_in_words(code: int, words: str) -> None:
    assert words in describe_end(code)


async def test_child_that_never_lives_is_given_up(tmp_path: Path) -> None:
    said: list[str] = []
    child = make_child(tmp_path, "raise SystemExit('no such setting')", said)
    with pytest.raises(StartRefused, match="no such setting"):
        await child.keep_alive()
    assert sum("starting it again" in line for line in said) == 2


async def test_stopped_child_ends_its_task(tmp_path: Path) -> None:
    child = make_child(tmp_path, "import time; print('up', flush=True); time.sleep(60)", [])
    task = asyncio.create_task(child.keep_alive())
    await _until_logged(tmp_path, "up")
    await child.stop(patience_s=5)
    await task
    assert child.process is not None
    assert child.process.returncode == -signal.SIGTERM


async def test_child_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True)\n"
    said: list[str] = []
    child = make_child(tmp_path, deaf + "time.sleep(60)", said)
    task = asyncio.create_task(child.keep_alive())
    await _until_logged(tmp_path, "up")
    await child.stop(patience_s=0.2)
    await task
    assert any("did not finish" in line for line in said)


async def test_stop_does_not_wait_for_the_pause(tmp_path: Path) -> None:
    said: list[str] = []
    child = make_child(tmp_path, "raise SystemExit(3)", said)
    child.has_been_live = True
    task = asyncio.create_task(child.keep_alive())
    await _until(lambda: len(said) == 4)
    await child.stop(patience_s=5)
    await asyncio.wait_for(task, 1)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"", False),
        (b'{"event": "request", "level": "info"}', False),
        (b'{"event": "x", "level": "error"}', True),
        (b'{"event":"x","level":"critical"}', True),
        (b'{"event": "x", "level": "warning", "exception": "Traceback"}', True),
        (b"Traceback (most recent call last):", True),
    ],
)
def test_errors_and_stray_text_reach_the_terminal(line: bytes, expected: bool) -> None:
    assert is_alarming(line) is expected


async def test_output_is_logged_whole_and_alarms_are_said(tmp_path: Path) -> None:
    said: list[str] = []
    stream = asyncio.StreamReader()
    for part in (b'{"a": 1}\nTrace', b"back\n", b"last"):
        stream.feed_data(part)
    stream.feed_eof()
    output = Output("ingest", tmp_path / "log", said.append)
    await output.follow(stream)
    assert (tmp_path / "log").read_bytes() == b'{"a": 1}\nTraceback\nlast'
    assert said == ["ingest: Traceback", "ingest: last"]
    assert output.last_words().endswith("last")


def test_large_log_is_set_aside(tmp_path: Path) -> None:
    log = tmp_path / "ingest.log"
    with log.open("wb") as file:
        file.truncate(51 * 1024 * 1024)
    set_aside_large_log(log)
    assert not log.exists()
    assert (tmp_path / "ingest.log.1").exists()


def test_remembered_process_is_stopped(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        remember(tmp_path / "ingest.json", process.pid)
        assert stop_remembered(tmp_path) == ["ingest"]
        assert not psutil.pid_exists(process.pid)


@pytest.mark.parametrize(
    "text", ["", "{}", '{"pid": 1, "started_at": 0}', '{"pid": 4194305, "started_at": 0}']
)
def test_record_of_another_process_stops_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "ingest.json").write_text(text)
    assert stop_remembered(tmp_path) == []
    assert not list(tmp_path.iterdir())


async def _until_logged(directory: Path, text: str) -> None:
    log = directory / "thing.log"
    await _until(lambda: log.exists() and text in log.read_text())


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.02)

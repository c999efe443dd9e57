"""Every block of the README runs, in order, against the stack that `make run` starts."""

import os
import random
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.paths import REPO_DIR
from tests.runner import Runner, four_free_ports, running

BLOCK = re.compile(r"^```(bash|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _as_shell(language: str, block: str) -> str:
    """Return a block as a shell runs it; a Python one with the packages of the tests."""
    if language == "bash":
        return block
    return f".venv/bin/python - <<'END_OF_PYTHON'\n{block}END_OF_PYTHON\n"


README = (REPO_DIR / "README.md").read_text("utf-8")
BLOCKS = [_as_shell(*found) for found in BLOCK.findall(README)]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    with running(tmp_path_factory.mktemp("readme"), four_free_ports()) as started:
        started.wait_ready(120)
        yield started


def _purchases(path: Path, today: date) -> None:
    """Write a year of purchases of 200 customers with rhythms of their own."""
    dice = random.Random(7)
    rows = ["customer_id,occurred_at,amount,order_id"]
    for customer in range(200):
        back, gap = dice.uniform(305, 365), dice.uniform(5, 60)
        while back > 1:
            day = today - timedelta(days=int(back))
            amount = f"{dice.uniform(10, 90):.2f}"
            rows.append(f"p{customer},{day}T10:00:00,{amount},o{customer}-{int(back * 100)}")
            back -= dice.expovariate(1 / gap) + 0.5
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def _commands(today: date) -> str:
    """Return the README's commands, on dates that its sample of purchases covers.

    The last block goes first: the README has a trained demo shop, this stack starts empty.
    """
    commands = "\n".join(["set -x", BLOCKS[-1], *BLOCKS[:-1]])
    for stated, days in (("2026-05-01", 200), ("2026-08-01", 110)):
        assert stated in commands
        commands = commands.replace(stated, str(today - timedelta(days=days)))
    commands = commands.replace(".venv/bin/", f"{REPO_DIR}/.venv/bin/")
    return commands.replace("curl -s", "curl -sf -w '\\n'")


def test_the_readme_runs_from_top_to_bottom(stack: Runner, tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    _purchases(tmp_path / "purchases.csv", today)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TIERLINE_HOME": str(stack.home),
        "COLUMNS": "100",
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", _commands(today)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert '"known":false' in done.stdout
    assert '"accepted":1' in done.stdout
    assert '"known":true' in done.stdout
    assert '"feedback_id"' in done.stdout
    assert '"log_score"' in done.stdout
    assert '"kind":"rehearsal"' in done.stdout
    assert '"status":"' in done.stdout
    assert done.stdout.count('"accepted":1') >= 3  # the till, CloudEvents, Shopify
    assert '"success":true' in done.stdout
    assert '"path":"/v1/webhooks/shopify/shopify"' in done.stdout
    assert "decayed" in done.stdout.lower()
    assert (tmp_path / "report.html").stat().st_size > 1000
    assert (tmp_path / "predictions.csv").read_text("utf-8").startswith("customer_id,")

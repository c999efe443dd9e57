"""docs/benefits.md runs from top to bottom on a made-up shop, and says what comes back."""

import os
import subprocess
from pathlib import Path

import pytest

from services.ingest.app import create_app as create_ingest
from services.ingest.settings import IngestSettings
from services.scoring.app import create_app as create_scoring
from services.scoring.settings import ScoringSettings
from tests.contract.live import admin_key, running
from tests.integration.scoring.test_programmes_doc import BLOCK, CUT, Block, fits, working
from tests.paths import REPO_DIR
from tests.trained import platform_of

BLOCKS = [
    Block(*found) for found in BLOCK.findall((REPO_DIR / "docs/benefits.md").read_text("utf-8"))
]


@pytest.fixture
def printed(shop_url: str, tmp_path: Path) -> list[str]:
    """What each block printed, in one shell."""
    platform = platform_of(shop_url)
    with (
        running(create_ingest(IngestSettings(), platform)) as ingest,
        running(create_scoring(ScoringSettings(), platform)) as scoring,
        working(shop_url),
    ):
        environment = {
            "PATH": f"{REPO_DIR}/.venv/bin:{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "INGEST_URL": ingest,
            "SCORING_URL": scoring,
            "TIERLINE_ADMIN_KEY": admin_key(shop_url),
            "NO_PROXY": "*",
        }
        script = f"\necho '{CUT}'\n".join(block.commands for block in BLOCKS)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout.split(f"{CUT}\n")


@pytest.mark.slow
def test_the_document_says_what_its_commands_print(printed: list[str]) -> None:
    assert len(printed) == len(BLOCKS)
    wrong = [
        f"{block.commands}\nsaid:\n{block.output}\nprinted:\n{output}"
        for block, output in zip(BLOCKS, printed, strict=True)
        if block.output and not fits(block.output, output)
    ]
    assert not wrong, "\n\n".join(wrong)

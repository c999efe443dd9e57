"""The commands of a document, run in one shell, and whether they print what it says."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tests.paths import REPO_DIR

_BLOCK: Final = re.compile(r"^```bash\n(.*?)^```$(?:\n```\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
_CUT: Final = "-----8<-----"


class Block(NamedTuple):
    """Commands, and what they print; empty where the text does not say."""

    commands: str
    output: str


def blocks_of(name: str) -> list[Block]:
    """Read the commands of a file of docs/, each with the output that follows it."""
    text = (REPO_DIR / "docs" / name).read_text("utf-8")
    return [Block(*found) for found in _BLOCK.findall(text)]


def wrong_in(
    blocks: Sequence[Block], home: Path, environ: Mapping[str, str], *, timeout_s: float = 120
) -> list[str]:
    """Run every block in one shell; list those that print something else, `…` being anything."""
    done = subprocess.run(
        [
            "bash",
            "-euo",
            "pipefail",
            "-c",
            f"\necho '{_CUT}'\n".join(block.commands for block in blocks),
        ],
        cwd=home,
        env={
            "PATH": f"{REPO_DIR}/.venv/bin:{os.environ['PATH']}",
            "HOME": str(home),
            "TIERLINE_HOME": str(home),
            "NO_PROXY": "*",
            **environ,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout_s,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    outputs = done.stdout.split(f"{_CUT}\n")
    return [
        f"{block.commands}\nsaid:\n{block.output}\nprinted:\n{output}"
        for block, output in zip(blocks, outputs, strict=True)
        if block.output and not _fits(block.output, output)
    ]


def _fits(said: str, output: str) -> bool:
    pattern = ".*?".join(map(re.escape, said.strip().split("…")))
    return re.fullmatch(pattern, output.strip(), re.DOTALL) is not None

"""`tierline programme check FILE`: faults with their places, or a sentence, and the exit code."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.scoring.cli import app
from tests.unit.scoring.test_programme_presets import KEYS, PRESETS


def check(tmp_path: Path, document: Any) -> Result:
    file = tmp_path / "mine.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return CliRunner().invoke(app, ["programme", "check", str(file)])


@pytest.mark.parametrize("key", KEYS)
def test_a_preset_passes(tmp_path: Path, key: str) -> None:
    result = check(tmp_path, PRESETS[key])
    assert result.exit_code == 0, result.output
    assert f"a valid {PRESETS[key]['kind']} programme" in result.stdout


def test_tiers_are_told_from_the_lowest_up(tmp_path: Path) -> None:
    assert "regular < silver < gold" in check(tmp_path, PRESETS["coffee"]).stdout
    assert "low < mid < high" in check(tmp_path, PRESETS["value"]).stdout


def test_every_fault_is_told_with_its_place(tmp_path: Path) -> None:
    result = check(tmp_path, PRESETS["coffee"] | {"currency": "ZZZ", "grace_days": 9})
    assert result.exit_code == 1
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == [
        "/grace_days",
        "/currency",
    ]
    assert result.stderr == "mine.json has faults: 2\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "is not JSON"), ("[]", "has faults: 1"), ('{"kind": NaN}', "has faults: 1")],
    ids=["broken", "a list", "not a number"],
)
def test_what_is_no_document_ends_with_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    result = check(tmp_path, text)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_a_missing_file_ends_with_a_sentence() -> None:
    result = CliRunner().invoke(app, ["programme", "check", "no-such-file.json"])
    assert (result.exit_code, "cannot be read" in result.stderr) == (1, True)

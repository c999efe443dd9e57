"""`tierline programme replay CASES.json`: timelines on stdout, else a sentence on stderr."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.scoring.cli import app
from tests.status_cases import golden

CASE: dict[str, Any] = {
    "name": "one",
    "programme": {
        "tiers": [{"key": "basic"}, {"key": "silver", "enter": {"all": {"s": 10}}}],
        "window": {"kind": "rolling", "months": 12},
        "validity": {"kind": "months", "months": 12},
        "time_zone": "UTC",
        "currency": "CNY",
    },
    "enrolled_at": "2025-01-01T00:00:00Z",
    "until": "2026-01-01T00:00:00Z",
    "entries": [{"id": "a", "at": "2025-03-01T08:00:00+08:00", "metrics": {"s": 10}}],
}
TIMELINE = [
    {"at": "2025-01-01T00:00:00Z", "tier": "basic", "until": None},
    {"at": "2025-03-01T00:00:00Z", "tier": "silver", "until": "2026-03-01T00:00:00Z"},
]


def replay(tmp_path: Path, text: str) -> Result:
    file = tmp_path / "cases.json"
    file.write_text(text, "utf-8")
    return CliRunner().invoke(app, ["programme", "replay", str(file)])


def test_one_case_is_replayed_to_one_timeline(tmp_path: Path) -> None:
    result = replay(tmp_path, json.dumps(CASE))
    assert (result.exit_code, json.loads(result.stdout)) == (0, TIMELINE)


def test_a_list_is_replayed_in_the_order_given(tmp_path: Path) -> None:
    cases = golden("track_cases")
    result = replay(tmp_path, json.dumps(cases))
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told == [case["timeline"] for case in cases]


def test_versions_take_over_at_their_instants(tmp_path: Path) -> None:
    dear = CASE["programme"] | {
        "tiers": [{"key": "basic"}, {"key": "silver", "enter": {"all": {"s": 99}}}]
    }
    versions = [
        {"since": None, "programme": dear},
        {"since": "2025-02-01T00:00:00Z", "programme": CASE["programme"]},
    ]
    case = {name: value for name, value in CASE.items() if name != "programme"}
    result = replay(tmp_path, json.dumps(case | {"versions": versions}))
    assert json.loads(result.stdout) == TIMELINE


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"programme": None}, "/0/programme:"),
        ({"programme": CASE["programme"] | {"time_zone": "Mars/Base"}}, "/0/programme/time_zone:"),
        ({"programme": CASE["programme"] | {"tiers": 7}}, "/0/programme/tiers:"),
        ({"programme": CASE["programme"] | {"window": {"kind": "moon"}}}, "/0/programme/window"),
        ({"enrolled_at": "2025-01-01"}, "/0/enrolled_at:"),
        ({"until": 5}, "/0/until:"),
        ({"entries": [5]}, "/0/entries/0:"),
        ({"entries": [{"id": "a", "at": "2025-03-01T00:00:00Z"}]}, "/0/entries/0/metrics:"),
        (
            {"entries": [{"id": "a", "at": "2025-03-01T00:00:00Z", "metrics": {"s": 1.5}}]},
            "/0/entries/0/metrics/s:",
        ),
        ({"pins": [{"kind": "nail"}]}, "/0/pins/0/kind:"),
        ({"versions": []}, "/0/versions:"),
    ],
    ids=lambda value: value.strip("/:").replace("/", "-") if isinstance(value, str) else "",
)
def test_a_wrong_case_ends_with_its_path_and_a_sentence(
    tmp_path: Path, changes: dict[str, Any], pointer: str
) -> None:
    result = replay(tmp_path, json.dumps([CASE | changes]))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(pointer)
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\ufeff\x00"], ids=str.__len__)
def test_a_file_that_is_no_json_ends_with_a_sentence(tmp_path: Path, text: str) -> None:
    result = replay(tmp_path, text)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.endswith("is not JSON\n")


def test_a_missing_file_ends_with_a_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["programme", "replay", str(tmp_path / "none.json")])
    assert result.exit_code == 1
    assert "cannot be read" in result.stderr

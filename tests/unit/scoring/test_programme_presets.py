"""Every preset is a valid document in both languages, and the schema knows all there is."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from services.scoring.domain.programmes.checking import faults_of
from services.scoring.domain.programmes.ladder import rungs_of
from services.scoring.domain.programmes.schema import document_schema
from services.scoring.domain.tiers.programme import VALUE_DOCUMENT
from tests.paths import REPO_DIR

PRESETS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((REPO_DIR / "services/scoring/presets").glob("*.json"))
}
KEYS = sorted(PRESETS)


def test_the_presets_are_those_that_were_promised() -> None:
    promised = "abc calendar-vip coffee high-mid-low pg prime travel value"
    assert promised.split() == KEYS
    assert PRESETS["value"] == VALUE_DOCUMENT


@pytest.mark.parametrize("key", KEYS)
def test_a_preset_has_no_fault(key: str) -> None:
    assert faults_of(PRESETS[key]) == []


@pytest.mark.parametrize("key", KEYS)
def test_a_preset_fits_the_published_schema(key: str) -> None:
    schema = document_schema()
    Draft202012Validator.check_schema(schema)
    assert list(Draft202012Validator(schema).iter_errors(PRESETS[key])) == []


@pytest.mark.parametrize("key", KEYS)
def test_every_tier_of_a_preset_is_named_in_both_languages(key: str) -> None:
    for rung in rungs_of(PRESETS[key]):
        assert set(rung.name) == {"en", "zh"}
        assert any("\u4e00" <= letter <= "\u9fff" or letter in "ABC" for letter in rung.name["zh"])


def test_a_preset_is_a_plain_file_of_the_package() -> None:
    assert Path(REPO_DIR / "services/scoring/presets/__init__.py").exists()

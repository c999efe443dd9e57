"""docs/segments.md names every word of conditions, and its examples are conditions."""

import json
import re

import pytest

from services.scoring.domain.conditions.leaves import LEAVES
from services.scoring.domain.conditions.parse import faults_of_condition
from services.scoring.domain.conditions.tree import Match, Op
from services.scoring.domain.conditions.vocabulary import (
    EVENTS,
    METRICS,
    PLACES,
    PURPOSES,
    STAGES,
    SUMMED_DAYS,
)
from tests.paths import REPO_DIR

TEXT = (REPO_DIR / "docs/segments.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `(\w+)` \| .* \| `(\{.*\})` \|$", TEXT, re.MULTILINE))


def test_every_kind_has_a_row() -> None:
    assert set(ROWS) == set(LEAVES)


@pytest.mark.parametrize("kind", sorted(LEAVES))
def test_example_is_a_condition_of_its_kind(kind: str) -> None:
    example = json.loads(ROWS[kind])
    assert (list(example), faults_of_condition(example)) == ([kind], [])


def test_every_word_is_named() -> None:
    named = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", TEXT))))
    words = {*METRICS, *EVENTS, *PLACES, *PURPOSES, *STAGES, *Op, *Match, "last_days", "from", "to"}
    assert words <= named


def test_windows_that_are_quick_are_those_kept() -> None:
    *first, last = map(str, SUMMED_DAYS)
    assert f"{', '.join(first)} and {last} days are" in " ".join(TEXT.split())

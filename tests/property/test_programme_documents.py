"""Whatever JSON a document is, checking it ends with faults at real places, or it can be read."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from services.scoring.domain.programmes.checking import faults_of
from services.scoring.domain.programmes.ladder import is_cut_by_share, kind_of, rungs_of
from services.scoring.domain.programmes.schema import document_schema
from services.scoring.domain.status.engine.rules import read_rules
from services.scoring.domain.tiers.programme import value_programme
from tests.paths import REPO_DIR, require_shared

PRESETS = [
    json.loads(path.read_text("utf-8"))
    for path in sorted((REPO_DIR / "services/scoring/presets").glob("*.json"))
]
SCHEMA = Draft202012Validator(document_schema())
NAMES = st.sampled_from(
    ["kind", "tiers", "key", "name", "enter", "keep", "all", "any", "grant", "spend", "stars",
     "window", "validity", "months", "when", "benefits", "metrics", "of", "per", "en", "zh"]
)  # fmt: skip
ODD = st.sampled_from((0, -1, 1, 2**63, 2**64, 1e308, "", "0", "-1", "1.00", "\x00", "spend", "é"))
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | ODD | NAMES
ANY_JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(NAMES | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """List the path of every value in a document but the document itself."""
    listed = enumerate(value) if isinstance(value, list) else ()
    for name, item in value.items() if isinstance(value, dict) else listed:
        yield (*path, name)
        yield from places(item, (*path, name))


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a preset in which one to three members are replaced, dropped or added."""
    document: dict[str, Any] = deepcopy(draw(st.sampled_from(PRESETS)))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(document))))
        parent: Any = document
        for part in path[:-1]:
            parent = parent[part]
        match draw(st.sampled_from(("replace", "drop", "add"))):
            case "replace":
                parent[path[-1]] = draw(ANY_JSON)
            case "drop":
                del parent[path[-1]]
            case _ if isinstance(parent, dict):
                parent[draw(NAMES)] = draw(ANY_JSON)
            case _:
                parent.append(deepcopy(parent[0]) if parent else draw(ANY_JSON))
        if not list(places(document)):
            break
    return document


def points_somewhere(pointer: str, document: Any) -> bool:
    """Tell whether a pointer names a place, or a member that an object lacks."""
    value = document
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    for number, part in enumerate(parts, 1):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return isinstance(value, dict) and number == len(parts)
    return True


@given(ANY_JSON)
@settings(max_examples=500, deadline=None)
def test_any_json_is_answered_and_none_is_a_programme_by_chance(value: object) -> None:
    faults = faults_of(value)
    assert faults
    assert all(points_somewhere(fault.pointer, value) for fault in faults)


@given(mutated())
@settings(max_examples=700, deadline=None)
def test_a_changed_preset_has_faults_at_real_places_or_can_be_read(
    document: dict[str, Any],
) -> None:
    faults = faults_of(document)
    for fault in faults:
        assert points_somewhere(fault.pointer, document), fault
        assert fault.code
        assert fault.message
    if not faults:
        assert SCHEMA.is_valid(document)
        assert rungs_of(document)
        read(document)


def read(document: dict[str, Any]) -> None:
    if kind_of(document) == "status":
        assert read_rules("key", 1, document).tiers
    elif is_cut_by_share(document):
        assert value_programme("key", 1, document).tiers


def _golden() -> Iterator[tuple[str, dict[str, Any]]]:
    for name in ("track", "ledger", "policy"):
        for case in json.loads(require_shared(f"golden/{name}_cases.json").read_text("utf-8")):
            yield case["name"], as_document(case["programme"])


def as_document(programme: dict[str, Any]) -> dict[str, Any]:
    """Write a golden programme as a document: with names, and its metrics defined."""
    words = {"en": "A", "zh": "甲"}
    tiers = [
        {**tier, "name": words}
        | {name: _written(tier[name]) for name in ("enter", "keep") if name in tier}
        for tier in programme["tiers"]
    ]
    own = {metric for tier in tiers for metric in _metrics(tier)} - {"orders", "spend"}
    members = {"kind": "status", "audience": "customer_facing", "name": words, "tiers": tiers}
    metrics = {metric: {"of": "quantity", "per": "1"} for metric in own}
    return {**programme, **members} | ({"metrics": metrics} if metrics else {})


def _metrics(tier: dict[str, Any]) -> Iterator[str]:
    for name in ("enter", "keep"):
        for thresholds in tier.get(name, {}).values():
            yield from thresholds


def _written(rule: dict[str, Any]) -> dict[str, Any]:
    def amount(metric: str, least: int) -> str | int:
        return f"{least // 100}.{least % 100:02d}" if metric == "spend" else least

    return {
        join: {metric: amount(metric, least) for metric, least in thresholds.items()}
        for join, thresholds in rule.items()
    }


def test_every_golden_programme_is_a_valid_document() -> None:
    for name, document in _golden():
        assert faults_of(document) == [], name
        assert SCHEMA.is_valid(document), name

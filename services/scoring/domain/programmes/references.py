"""What conditions of programmes and segments refer to, and rings of them that decide nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.scoring.domain.conditions.parse import BadCondition, parse_condition
from services.scoring.domain.conditions.tree import Condition, HasBeen, InSegment, Tier, leaves_of
from services.scoring.domain.programmes.fault import DocumentFault
from services.scoring.domain.programmes.ladder import rungs_of

_CONDITIONS: Final = ("when", "keep")
#: `programme:key` or `segment:key`
Node = str


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What is there besides a document: published programmes and the conditions of segments."""

    programmes: Mapping[str, Mapping[str, Any]]
    segments: Mapping[str, Any]


def reference_faults(
    key: str, document: Mapping[str, Any], neighbours: Neighbours
) -> Iterator[DocumentFault]:
    """Tell which conditions of a valid document refer to what is not there, or back to it."""
    graph = _graph(neighbours)
    own = programme_node(key)
    for at, tree in _conditions(document):
        for leaf in _leaves(tree):
            if words := _missing(leaf, neighbours):
                yield DocumentFault(at, "unknown_reference", words)
        if any(own in _reached(node, graph) for node in _nodes(tree)):
            words = "This condition depends on the programme it decides: break the ring."
            yield DocumentFault(at, "cyclic", words)


def programme_node(key: str) -> Node:
    """Name a programme in a graph of references."""
    return f"programme:{key}"


def _graph(neighbours: Neighbours) -> dict[Node, frozenset[Node]]:
    """Tell of everything there is what it refers to."""
    programmes = {
        programme_node(key): frozenset(
            node for _, tree in _conditions(document) for node in _nodes(tree)
        )
        for key, document in neighbours.programmes.items()
    }
    segments = {f"segment:{key}": _nodes(tree) for key, tree in neighbours.segments.items()}
    return programmes | segments


def _conditions(document: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for place, tier in enumerate(document["tiers"]):
        for name in _CONDITIONS:
            # status documents have rules of another kind under `keep`
            if name in tier and document.get("kind") == "value":
                yield f"/tiers/{place}/{name}", tier[name]


def _leaves(tree: object) -> Sequence[Condition]:
    try:
        return list(leaves_of(parse_condition(tree)))
    except BadCondition:  # stored before a rule of conditions was made
        return []


def _nodes(tree: object) -> frozenset[Node]:
    return frozenset(filter(None, map(_node, _leaves(tree))))


def _node(leaf: Condition) -> Node | None:
    match leaf:
        case Tier(programme=key) | HasBeen(programme=str(key)):
            return programme_node(key)
        case InSegment(key=key):
            return f"segment:{key}"
        case _:
            return None


def _missing(leaf: Condition, neighbours: Neighbours) -> str:
    """Say what a leaf refers to that is not there; empty when all is."""
    match leaf:
        case InSegment(key=key) if key not in neighbours.segments:
            return "There is no segment of that key."
        case Tier(programme=key, keys=keys, at_least=least):
            asked = {*keys, *([] if least is None else [least])}
        case HasBeen(programme=str(key), tier=str(tier)):
            asked = {tier}
        case _:
            return ""
    document = neighbours.programmes.get(key)
    if document is None:
        return "There is no other published programme of that key."
    if asked - {rung.key for rung in rungs_of(document)}:
        return "The programme it names has no such tier."
    return ""


def _reached(start: Node, graph: Mapping[Node, frozenset[Node]]) -> set[Node]:
    """Walk from a node; everything that is reached, itself included."""
    reached, waiting = set[Node](), [start]
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting.extend(graph.get(node, ()))
    return reached

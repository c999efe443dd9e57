"""What a value document may not say although every member has its shape: its classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from services.scoring.domain.conditions.parse import faults_of_condition, parse_condition
from services.scoring.domain.programmes.fault import DocumentFault, step
from services.scoring.domain.programmes.metrics import decimals_of
from services.scoring.domain.programmes.status_laws import key_faults
from services.scoring.domain.tiers.classes import foreign_leaf

Tiers = Sequence[Mapping[str, Any]]
_SHARES: Final = ("enter_share", "leave_share")
_CONDITIONS: Final = ("when", "keep")


def class_faults(document: Mapping[str, Any]) -> Iterator[DocumentFault]:
    """Tell what is wrong with classes of the right shape, listed from the top down."""
    tiers = document["tiers"]
    yield from key_faults(tiers)
    yield from _last_faults(tiers)
    is_by_condition = any("when" in tier for tier in tiers)
    asked, foreign = (_CONDITIONS, _SHARES) if is_by_condition else (_SHARES, _CONDITIONS)
    wrong = list(_member_faults(tiers, asked, foreign))
    yield from wrong
    if is_by_condition:
        yield from _condition_faults(tiers, decimals_of("spend", document.get("currency")))
    elif not wrong:
        yield from _share_faults(tiers)


def _last_faults(tiers: Tiers) -> Iterator[DocumentFault]:
    last = len(tiers) - 1
    for name in (*_SHARES, *_CONDITIONS):
        if name in tiers[last]:
            words = "The last class is everybody's: it has neither shares nor conditions."
            yield DocumentFault(f"/tiers/{last}/{name}", "rule_on_base", words)


def _member_faults(
    tiers: Tiers, asked: tuple[str, str], foreign: tuple[str, str]
) -> Iterator[DocumentFault]:
    for place, tier in enumerate(tiers[:-1]):
        for name in asked:
            if name not in tier and name != "keep":
                words = "Every class but the last says who belongs to it."
                yield DocumentFault(f"/tiers/{place}/{name}", "missing", words)
        for name in foreign:
            if name in tier:
                words = "Cut all classes by shares of the rank, or all by conditions."
                yield DocumentFault(f"/tiers/{place}/{name}", "not_together", words)


def _share_faults(tiers: Tiers) -> Iterator[DocumentFault]:
    for place, tier in enumerate(tiers[:-1]):
        if tier["enter_share"] > tier["leave_share"]:
            words = "Leave a class at a larger share than it is entered at, or tiers flap."
            yield DocumentFault(f"/tiers/{place}/leave_share", "keep_above_enter", words)
        if tier["enter_share"] == 1:
            words = "A share of 1 is everybody: the classes below are never held."
            yield DocumentFault(f"/tiers/{place}/enter_share", "unreachable", words)
    for place, (higher, lower) in enumerate(pairwise(tiers[:-1]), 1):
        if lower["enter_share"] <= higher["enter_share"]:
            words = "A lower class needs a larger share than the one above it, or nobody is in it."
            yield DocumentFault(f"/tiers/{place}/enter_share", "unreachable", words)
        if lower["leave_share"] < higher["leave_share"]:
            words = "A lower class may not be left at a smaller share than the one above it."
            yield DocumentFault(f"/tiers/{place}/leave_share", "overlap", words)


def _condition_faults(tiers: Tiers, decimals: int) -> Iterator[DocumentFault]:
    for place, tier in enumerate(tiers):
        for name in _CONDITIONS:
            if name in tier:
                at = f"/tiers/{place}/{name}"
                wrong = faults_of_condition(tier[name], exponent=decimals)
                for fault in wrong:
                    yield DocumentFault(at + fault.pointer, fault.code, fault.message)
                if not wrong:
                    yield from _foreign_faults(tier[name], decimals, at)


def _foreign_faults(tree: Mapping[str, Any], decimals: int, at: str) -> Iterator[DocumentFault]:
    """Find in a valid condition what no class may go by: tiers and segments could go in rings."""
    ((kind, inner),) = tree.items()
    below = step(at, kind)
    if kind in {"all", "any"}:
        for place, item in enumerate(inner):
            yield from _foreign_faults(item, decimals, step(below, place))
    elif kind == "not":
        yield from _foreign_faults(inner, decimals, below)
    elif foreign_leaf(parse_condition(tree, exponent=decimals)) is not None:
        is_ring = kind in {"tier", "in_segment", "has_been"}
        words = "A class goes by metrics, ranks, the score, the lifecycle and buckets only"
        why = (
            ": tiers and segments may go by classes, and would decide in rings." if is_ring else "."
        )
        yield DocumentFault(below, "cyclic" if is_ring else "not_in_classes", words + why)

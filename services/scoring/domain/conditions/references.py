"""Say where a condition refers to what is not there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from services.scoring.domain.conditions.tree import Condition, HasBeen, Tier, leaves_of
from services.scoring.domain.conditions.vocabulary import SUMMED_DAYS
from services.scoring.domain.programmes.fault import DocumentFault


def programmes_in(condition: Condition) -> frozenset[str]:
    """Name the programmes whose tiers a condition asks for."""
    return frozenset(
        leaf.programme
        for leaf in leaves_of(condition)
        if isinstance(leaf, Tier | HasBeen) and leaf.programme is not None
    )


def missing_references(
    tree: object, segments: Collection[str], tiers: Mapping[str, Collection[str]]
) -> Iterator[DocumentFault]:
    """Yield a fault for each reference of a well-formed tree to what is not there."""
    yield from _missing(tree, "", segments, tiers)


def _missing(
    node: object, pointer: str, segments: Collection[str], tiers: Mapping[str, Collection[str]]
) -> Iterator[DocumentFault]:
    if not isinstance(node, dict):
        return
    ((kind, inner),) = node.items()
    at = f"{pointer}/{kind}"
    match kind:
        case "all" | "any":
            for place, item in enumerate(inner):
                yield from _missing(item, f"{at}/{place}", segments, tiers)
        case "not":
            yield from _missing(inner, at, segments, tiers)
        case "in_segment" if inner not in segments:
            yield DocumentFault(at, "unknown_segment", "names no segment")
        case "tier" | "has_been":
            yield from _missing_tier(inner, at, tiers)
        case "rank":
            yield from _odd_window(inner, at)


def _missing_tier(
    leaf: Mapping[str, object], at: str, tiers: Mapping[str, Collection[str]]
) -> Iterator[DocumentFault]:
    programme = leaf.get("programme")
    if programme is None:
        return
    known = tiers.get(str(programme))
    if known is None:
        yield DocumentFault(f"{at}/programme", "unknown_programme", "names no programme")
        return
    for name in ("tier", "at_least"):
        if name in leaf and leaf[name] not in known:
            yield DocumentFault(f"{at}/{name}", "unknown_tier", "names no tier of the programme")
    listed = leaf.get("in", ())
    for place, key in enumerate(listed if isinstance(listed, list) else ()):
        if key not in known:
            words = "names no tier of the programme"
            yield DocumentFault(f"{at}/in/{place}", "unknown_tier", words)


def _odd_window(leaf: Mapping[str, object], at: str) -> Iterator[DocumentFault]:
    if "from" in leaf or "to" in leaf:
        yield DocumentFault(at, "not_allowed", "ranks over last_days, not between dates")
    days = leaf.get("last_days")
    if days is not None and (days not in SUMMED_DAYS or leaf.get("of") == "categories"):
        known = ", ".join(map(str, SUMMED_DAYS))
        yield DocumentFault(f"{at}/last_days", "not_allowed", f"must be one of {known} for a rank")

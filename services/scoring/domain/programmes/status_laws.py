"""What a status document may not say although every member has its shape: its tiers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, Final

from services.scoring.domain.programmes.fault import DocumentFault, step
from services.scoring.domain.programmes.metrics import (
    METRICS,
    decimals_of,
    is_decimal,
    offered,
    scaled,
)
from services.scoring.domain.programmes.rules import Rule, asks_less, implies

Document = Mapping[str, Any]
_JOINS: Final = ("all", "any")


def tier_faults(document: Document) -> Iterator[DocumentFault]:
    """Tell what is wrong with tiers of the right shape, one law after the other."""
    yield from key_faults(document["tiers"])
    yield from _metric_faults(document)
    yield from _base_faults(document["tiers"])
    wrong = list(_rule_faults(document))
    yield from wrong or _ladder_faults(document)


def key_faults(tiers: Sequence[Document]) -> Iterator[DocumentFault]:
    """Tell which tiers have the key of an earlier one."""
    seen: set[str] = set()
    for place, tier in enumerate(tiers):
        if tier["key"] in seen:
            words = "Another tier has this key: every tier needs a key of its own."
            yield DocumentFault(f"/tiers/{place}/key", "duplicate", words)
        seen.add(tier["key"])


def _metric_faults(document: Document) -> Iterator[DocumentFault]:
    for name, made in document.get("metrics", {}).items():
        at = step("/metrics", name)
        if name in METRICS:
            words = "This name is a metric already: give your own another name."
            yield DocumentFault(at, "duplicate", words)
        if "per" in made:
            yield from _amount_faults(made["of"], made["per"], document, f"{at}/per")
    least = document.get("counting", {}).get("min_order")
    if least is not None:
        yield from _amount_faults("spend", least, document, "/counting/min_order")


def _amount_faults(metric: str, text: str, document: Document, at: str) -> Iterator[DocumentFault]:
    decimals = decimals_of(metric, document["currency"])
    value = scaled(text, decimals)
    if value is None:
        words = f"Write an amount of at most {decimals} decimals that 53 bits can hold."
        yield DocumentFault(at, "wrong_form", words)
    elif value < 1:
        yield DocumentFault(at, "out_of_range", "Write an amount above 0.")


def _base_faults(tiers: Sequence[Document]) -> Iterator[DocumentFault]:
    for rule in ("enter", "keep"):
        if rule in tiers[0]:
            words = "The first tier is everybody's: it has no rules."
            yield DocumentFault(f"/tiers/0/{rule}", "rule_on_base", words)
    for place, tier in enumerate(tiers[1:], 1):
        if "enter" not in tier:
            words = "Say what it takes to enter this tier; only the first one is free."
            yield DocumentFault(f"/tiers/{place}/enter", "missing", words)


def _rule_faults(document: Document) -> Iterator[DocumentFault]:
    for place, tier in enumerate(document["tiers"]):
        for name in ("enter", "keep"):
            if name in tier:
                yield from _faults_of_rule(document, tier[name], f"/tiers/{place}/{name}")


def _faults_of_rule(document: Document, rule: Document, at: str) -> Iterator[DocumentFault]:
    if all(join in rule for join in _JOINS):
        words = "Write either all or any: a rule has one of them."
        yield DocumentFault(at, "not_allowed", words)
    for join in _JOINS:
        for metric, least in rule.get(join, {}).items():
            yield from _threshold_faults(document, metric, least, step(f"{at}/{join}", metric))


def _threshold_faults(
    document: Document, metric: str, least: str | int, at: str
) -> Iterator[DocumentFault]:
    known = offered(document)
    if metric not in known:
        words = f"There is no such metric; there are: {', '.join(known)}."
        yield DocumentFault(at, "unknown_metric", words)
    elif not is_decimal(metric):
        if isinstance(least, str):
            yield DocumentFault(at, "wrong_type", "Write a whole number here.")
        elif metric == "days":
            yield from _days_faults(document["window"], least, at)
    elif isinstance(least, str):
        yield from _amount_faults(metric, least, document, at)
    else:
        words = 'Write this amount as a text with its decimals, such as "2000.00".'
        yield DocumentFault(at, "wrong_type", words)


_LONGEST: Final = {"year": 366, "half": 184, "quarter": 92, "month": 31}


def _days_faults(window: Document, least: int, at: str) -> Iterator[DocumentFault]:
    """Find a number of days that does not fit into the window."""
    match window:
        case {"kind": "rolling", "days": int(most)}:
            pass
        case {"kind": "rolling", "months": int(months)}:
            most = 31 * months
        case {"kind": "calendar", "unit": str(unit)}:
            most = _LONGEST[unit]
        case {"kind": "anniversary"}:
            most = 366
        case _:
            return
    if least > most:
        words = f"The window has at most {most} days: nobody can reach this."
        yield DocumentFault(at, "unreachable", words)


def rule_of(document: Document, rule: Document) -> Rule:
    """Read a rule without faults."""
    currency = document["currency"]

    def read(join: str) -> dict[str, int]:
        return {name: _least(name, least, currency) for name, least in rule.get(join, {}).items()}

    return Rule(read("all"), read("any"), rule.get("grant"))


def _least(metric: str, least: str | int, currency: str) -> int:
    if isinstance(least, int):
        return least
    return scaled(least, decimals_of(metric, currency)) or 0


def _ladder_faults(document: Document) -> Iterator[DocumentFault]:
    entered: list[tuple[int, str, Rule]] = []
    for place, tier in enumerate(document["tiers"]):
        if "enter" not in tier:
            continue
        enter = rule_of(document, tier["enter"])
        entered.append((place, tier["key"], enter))
        if "keep" in tier:
            keep = rule_of(document, tier["keep"])
            yield from _keep_faults(enter, keep, f"/tiers/{place}/keep")
    for (_, key, lower), (place, _, higher) in combinations(entered, 2):
        yield from _pair_faults(key, lower, higher, f"/tiers/{place}/enter")


def _keep_faults(enter: Rule, keep: Rule, at: str) -> Iterator[DocumentFault]:
    above = list(asks_less(enter, keep))
    for name in above:
        join = "all" if name in keep.every else "any"
        words = "Keeping a tier may not ask for more than entering it."
        yield DocumentFault(step(f"{at}/{join}", name), "keep_above_enter", words)
    if not above and not implies(enter, keep):
        words = "Whoever has just entered must meet the rule for keeping: ask for less here."
        yield DocumentFault(at, "keep_above_enter", words)


def _pair_faults(key: str, lower: Rule, higher: Rule, at: str) -> Iterator[DocumentFault]:
    if implies(lower, higher):
        words = f"Whoever enters {key} enters this tier too, so {key} is never held: ask for more."
        yield DocumentFault(at, "unreachable", words)
    elif list(asks_less(higher, lower)) and not implies(higher, lower):
        words = f"This tier asks for less than {key} below it: the two overlap. Ask for more."
        yield DocumentFault(at, "overlap", words)

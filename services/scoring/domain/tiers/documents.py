"""Read a value programme's document: classes by share of the rank, or by conditions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from services.scoring.domain.conditions.parse import BadCondition, parse_condition
from services.scoring.domain.programmes.currencies import CURRENCIES
from services.scoring.domain.tiers.classes import (
    ClassProgramme,
    ClassRule,
    class_tier,
    foreign_leaf,
)
from services.scoring.domain.tiers.programme import (
    BadProgramme,
    ValueProgramme,
    check_keys,
    check_ladder,
    fall_after_days,
    value_programme,
)

FOREIGN: Final = (
    "a class goes by what a customer bought and did: metrics, ranks, score, lifecycle, buckets"
)


def is_by_class(document: Mapping[str, Any]) -> bool:
    """Tell whether a value document's classes are conditions."""
    return any("when" in tier for tier in document.get("tiers", ()))


def programme_of(key: str, version: int, document: Mapping[str, Any]) -> ValueProgramme:
    """Read a value document of either form; raises BadProgramme."""
    if not is_by_class(document):
        return value_programme(key, version, document)
    listed = check_ladder(document["tiers"])
    tiers = [
        class_tier(str(tier["key"]), len(listed) - 1 - place, tier["name"])
        for place, tier in enumerate(listed)
    ]
    check_keys(tiers)
    exponent = CURRENCIES.get(document.get("currency") or "", 2)
    rules = [_rule(tier, place, exponent) for place, tier in enumerate(listed[:-1])]
    return ClassProgramme(
        key=key,
        version=version,
        tiers=tuple(reversed(tiers)),
        fall_after_days=fall_after_days(document),
        rules=tuple(reversed(rules)),
    )


def _rule(tier: Mapping[str, Any], place: int, exponent: int) -> ClassRule:
    if "when" not in tier:
        raise BadProgramme(f"/tiers/{place}/when: every class but the last says who belongs to it")
    rule: dict[str, Any] = {}
    for name in ("when", "keep"):
        try:
            rule[name] = parse_condition(tier.get(name, tier["when"]), exponent=exponent)
        except BadCondition as error:
            raise BadProgramme(f"/tiers/{place}/{name}: {error}") from error
        if foreign_leaf(rule[name]) is not None:
            raise BadProgramme(f"/tiers/{place}/{name}: {FOREIGN}")
    return ClassRule(**rule)

"""What a programme may not offer although every member has its shape."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, Final

from services.scoring.domain.programmes.fault import DocumentFault, step
from services.scoring.domain.programmes.ladder import STATUS, kind_of
from services.scoring.domain.programmes.metrics import decimals_of, scaled

MAX_DETAILS: Final = 4096
Document = Mapping[str, Any]


def offer_faults(document: Document) -> Iterator[DocumentFault]:
    """Tell what is wrong with benefits, points and velocity of a document of the right shape."""
    keys = [tier["key"] for tier in document["tiers"]]
    yield from _benefit_faults(document, keys)
    for name in ("points", "velocity"):
        if name in document and kind_of(document) != STATUS:
            words = "Only status programmes follow orders: leave this out of a value programme."
            yield DocumentFault(f"/{name}", "not_allowed", words)
    if "points" in document and kind_of(document) == STATUS:
        yield from _points_faults(document, keys)


def _benefit_faults(document: Document, tier_keys: Collection[str]) -> Iterator[DocumentFault]:
    seen: set[str] = set()
    for place, benefit in enumerate(document.get("benefits", ())):
        at = f"/benefits/{place}"
        if benefit["key"] in seen:
            words = "Another benefit has this key: every benefit needs a key of its own."
            yield DocumentFault(f"{at}/key", "duplicate", words)
        seen.add(benefit["key"])
        for turn, key in enumerate(benefit["tiers"]):
            yield from _tier_faults(key, tier_keys, f"{at}/tiers/{turn}")
        if len(json.dumps(benefit.get("details", {}))) > MAX_DETAILS:
            words = f"Write at most {MAX_DETAILS} bytes of JSON."
            yield DocumentFault(f"{at}/details", "too_long", words)
        if "cost" in benefit:
            yield from _amount_faults(document, benefit["cost"]["amount"], f"{at}/cost/amount", 0)


def _points_faults(document: Document, tier_keys: Collection[str]) -> Iterator[DocumentFault]:
    points = document["points"]
    yield from _amount_faults(document, points["earn"]["per"], "/points/earn/per", 1)
    for key in points["earn"].get("tiers", {}):
        yield from _tier_faults(key, tier_keys, step("/points/earn/tiers", key))
    if "min_order" in points:
        yield from _amount_faults(document, points["min_order"], "/points/min_order", 0)
    least = points.get("referral", {}).get("min_order")
    if least is not None:
        yield from _amount_faults(document, least, "/points/referral/min_order", 0)
    if "starts_on" in points and not _is_date(points["starts_on"]):
        words = "There is no such day in the calendar."
        yield DocumentFault("/points/starts_on", "wrong_form", words)


def _tier_faults(key: str, tier_keys: Collection[str], at: str) -> Iterator[DocumentFault]:
    if key not in tier_keys:
        words = f"There is no tier of this key; there are: {', '.join(tier_keys)}."
        yield DocumentFault(at, "unknown_tier", words)


def _amount_faults(document: Document, text: str, at: str, least: int) -> Iterator[DocumentFault]:
    decimals = decimals_of("spend", document.get("currency"))
    value = scaled(text, decimals)
    if value is None:
        words = f"Write an amount of at most {decimals} decimals that 53 bits can hold."
        yield DocumentFault(at, "wrong_form", words)
    elif value < least:
        yield DocumentFault(at, "out_of_range", "Write an amount above 0.")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True

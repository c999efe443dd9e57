"""Check a programme document, whatever JSON it is: every fault has a path and a sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Final
from zoneinfo import available_timezones

from services.scoring.domain.benefits.laws import offer_faults
from services.scoring.domain.programmes.fault import DocumentFault
from services.scoring.domain.programmes.ladder import STATUS
from services.scoring.domain.programmes.policy_laws import currency_faults, policy_faults
from services.scoring.domain.programmes.shapes import OneOf
from services.scoring.domain.programmes.status_laws import tier_faults
from services.scoring.domain.programmes.status_shape import STATUS as STATUS_SHAPE
from services.scoring.domain.programmes.value_laws import class_faults
from services.scoring.domain.programmes.value_shape import VALUE as VALUE_SHAPE

MAX_FAULTS: Final = 50
DOCUMENT: Final = OneOf("kind", {"status": STATUS_SHAPE, "value": VALUE_SHAPE})


@cache
def known_zones() -> frozenset[str]:
    """List the time zones there are (IANA); read from the system once."""
    return frozenset(available_timezones())


@dataclass(frozen=True, slots=True)
class Shop:
    """What a document must agree with: the zones there are, and the shop's currency if known."""

    zones: Collection[str]
    currency: str | None = None


def faults_of(
    document: object, *, zones: Collection[str] | None = None, currency: str | None = None
) -> list[DocumentFault]:
    """Tell what is wrong with a document, at most 50 faults; none: it may be published.

    Laws between members are asked only of a document whose members all have their shape.
    """
    shop = Shop(known_zones() if zones is None else zones, currency)
    return list(islice(_faults(document, shop), MAX_FAULTS))


def _faults(document: object, shop: Shop) -> Iterator[DocumentFault]:
    wrong = list(islice(DOCUMENT.faults(document, ""), MAX_FAULTS))
    yield from wrong
    if not wrong and isinstance(document, dict):
        yield from _law_faults(document, shop)


def _law_faults(document: Mapping[str, Any], shop: Shop) -> Iterator[DocumentFault]:
    if document["kind"] == STATUS:
        yield from tier_faults(document)
        yield from policy_faults(document, shop.zones)
    else:
        yield from class_faults(document)
    yield from currency_faults(document, shop.currency)
    yield from offer_faults(document)
    yield from _price_faults(document)


def _price_faults(document: Mapping[str, Any]) -> Iterator[DocumentFault]:
    """Find price benefits that an opaque score would set (PIPL art. 24, GDPR art. 22)."""
    is_internal = document.get("audience", "internal") == "internal"
    if not is_internal or "price_override" in document:
        return
    for place, benefit in enumerate(document.get("benefits", ())):
        if benefit["kind"] == "price":
            words = (
                "Prices hang on customer-facing programmes only; record price_override "
                "(reason, approved_by) to do it all the same."
            )
            yield DocumentFault(f"/benefits/{place}/kind", "price_on_internal", words)

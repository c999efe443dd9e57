"""Policies of a status document that do not go together, zones and currencies that do not exist."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from services.scoring.domain.programmes.currencies import CURRENCIES
from services.scoring.domain.programmes.fault import DocumentFault

Document = Mapping[str, Any]
#: (document) -> whether it breaks the law
Breaks = Callable[[Document], bool]
MONTHS_OF: Final = {"year": 12, "half": 6, "quarter": 3, "month": 1}
_SHORTEST_MONTH: Final = 28


def _is_ledger(document: Document) -> bool:
    kind = document["window"]["kind"]
    named: str = document.get("qualification", "ledger" if kind == "rolling" else "track")
    return named == "ledger"


def _has_periods(document: Document) -> bool:
    return document["window"]["kind"] in {"calendar", "anniversary"}


def _is_valid_by(document: Document, *kinds: str) -> bool:
    return document["validity"]["kind"] in kinds


def _waits_for_period_end(document: Document) -> bool:
    return document.get("upgrade") == "period_end"


#: pointer, code, what breaks it, and what to do
LAWS: Final[tuple[tuple[str, str, Breaks, str], ...]] = (
    (
        "/window",
        "not_allowed",
        lambda d: {"months", "days"} <= d["window"].keys(),
        "Give the rolling window either months or days.",
    ),
    (
        "/validity/kind",
        "not_together",
        lambda d: _is_valid_by(d, "periods") and not _has_periods(d),
        "Validity in periods needs a calendar or anniversary window.",
    ),
    (
        "/upgrade",
        "not_together",
        lambda d: _waits_for_period_end(d) and not _has_periods(d),
        "Upgrades at the end of a period need a calendar or anniversary window.",
    ),
    (
        "/upgrade",
        "not_together",
        lambda d: _waits_for_period_end(d) and (_is_ledger(d) or _is_valid_by(d, "floating")),
        "A ledger and a floating tier rise at once: upgrade must be immediate.",
    ),
    (
        "/validity/kind",
        "not_together",
        lambda d: _is_ledger(d) and _is_valid_by(d, "floating"),
        "A ledger gives each tier a date: choose months, periods or forever, or qualify by track.",
    ),
    (
        "/grace_days",
        "not_together",
        lambda d: d.get("grace_days", 0) > 0 and _is_ledger(d),
        "A ledger has no review that could be postponed: grace needs qualification track.",
    ),
    (
        "/grace_days",
        "not_together",
        lambda d: d.get("grace_days", 0) > 0 and _is_valid_by(d, "floating", "forever"),
        "Without a validity that ends there is nothing to postpone: leave grace_days at 0.",
    ),
    (
        "/grace_days",
        "grace_too_long",
        lambda d: d.get("grace_days", 0) >= shortest_validity(d),
        "Grace must be shorter than the validity.",
    ),
    (
        "/keep_window",
        "not_together",
        lambda d: (
            d.get("keep_window") == "since_grant"
            and (_is_ledger(d) or _is_valid_by(d, "floating", "forever"))
        ),
        "Only a track with reviews can measure since the grant: use same.",
    ),
    (
        "/downgrade",
        "not_together",
        lambda d: _is_ledger(d) and d.get("downgrade") in {"qualified", "never"},
        "A ledger lands one_step at a time or on its base: each tier has a date of its own.",
    ),
    (
        "/pending_days",
        "pending_too_long",
        lambda d: d.get("pending_days", 0) >= _longest_window(d),
        "Entries would leave the window before they count: ask for fewer days.",
    ),
    (
        "/warn_days",
        "warning_too_long",
        lambda d: d.get("warn_days", 0) >= shortest_validity(d),
        "A warning must come later than the tier: ask for fewer days.",
    ),
)


def shortest_validity(document: Document) -> float:
    """Give the fewest days of a whole validity; infinite where no validity ends."""
    validity = document["validity"]
    if validity["kind"] == "months":
        return float(_SHORTEST_MONTH * validity["months"])
    if validity["kind"] == "periods":
        period = MONTHS_OF[document["window"].get("unit", "year")]
        months = max(validity["after"], 1) * period + validity.get("plus_months", 0)
        return float(_SHORTEST_MONTH * months)
    return float("inf")


def _longest_window(document: Document) -> float:
    match document["window"]:
        case {"kind": "rolling", "days": int(days)}:
            return days
        case {"kind": "rolling", "months": int(months)}:
            return _SHORTEST_MONTH * months
        case _:
            return float("inf")


def policy_faults(document: Document, zones: Collection[str]) -> Iterator[DocumentFault]:
    """Tell which policies of a document of the right shape do not go together."""
    for pointer, code, breaks, words in LAWS:
        if breaks(document):
            yield DocumentFault(pointer, code, words)
    if document["time_zone"] not in zones:
        words = "There is no such time zone: write an IANA name, such as Asia/Shanghai."
        yield DocumentFault("/time_zone", "unknown_time_zone", words)


def currency_faults(document: Document, shop: str | None) -> Iterator[DocumentFault]:
    """Tell whether a document's currency exists and is the shop's, where that is known.

    A document without one is read as of a currency with two decimals.
    """
    stated = document.get("currency")
    if stated is None:
        if CURRENCIES.get(shop or "", 2) != 2:
            words = f"Say that amounts are in {shop}: it has not two decimals."
            yield DocumentFault("/currency", "missing", words)
    elif stated not in CURRENCIES:
        words = "There is no such currency: write an ISO 4217 code, such as CNY."
        yield DocumentFault("/currency", "unknown_currency", words)
    elif shop not in {None, stated}:
        words = f"The shop counts in {shop}: write the thresholds in it."
        yield DocumentFault("/currency", "other_currency", words)

"""What a playbook must agree with, in itself and with the shop: a path and a sentence a fault."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.feedback.domain.care.message import (
    LANGUAGES,
    PLACEHOLDERS,
    placeholders_of,
    strange_in,
)
from services.feedback.domain.fault import DocumentFault, step

_ADVICE: Final = {
    "unknown_placeholder": f"Use only these placeholders: {', '.join(PLACEHOLDERS)}.",
    "stray_brace": "Write braces only around a placeholder, such as {tier}.",
}
_MISSING: Final = {
    "offer": "Name the offer that {offer} stands for in /action/offer_key, or take {offer} out.",
    "benefit": "Name the benefit that {benefit} stands for in /action/benefit_key, or take"
    " {benefit} out.",
    "festival": "Take {festival} out: only a playbook of a festival has one.",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What there is in the shop; None: not looked up, so not asked for."""

    currency: str | None = None
    segments: Collection[str] | None = None
    tiers: Mapping[str, Collection[str]] | None = None
    offers: Collection[str] | None = None
    benefits: Collection[str] | None = None


def faults_of(document: Mapping[str, Any], known: Known) -> list[DocumentFault]:
    """Tell what is wrong with a playbook whose members have their shapes already."""
    return [
        *_text_faults(document["action"]),
        *_money_faults(document, known.currency),
        *_audience_faults(document.get("audience") or {}, "/audience", known),
        *_audience_faults(document["trigger"], "/trigger", known),
        *_offer_faults(document["action"], known),
    ]


def gaps_of(document: Mapping[str, Any]) -> list[DocumentFault]:
    """Tell where a text refers to what the playbook does not name: nothing would stand there.

    A live playbook must have none; a draft is told of them.
    """
    action, trigger = document["action"], document["trigger"]
    named = {
        "offer": action.get("offer_key"),
        "benefit": action.get("benefit_key"),
        "festival": trigger["kind"] == "festival",
    }
    return [
        DocumentFault(f"/action/{name}/{language}", "nothing_named", _MISSING[used])
        for name in ("title", "message")
        for language in LANGUAGES
        for used in sorted(placeholders_of(action[name][language]) & named.keys())
        if not named[used]
    ]


def _text_faults(action: Mapping[str, Any]) -> Iterator[DocumentFault]:
    for name in ("title", "message"):
        for language in LANGUAGES:
            for code in dict.fromkeys(strange_in(action[name][language])):
                yield DocumentFault(f"/action/{name}/{language}", code, _ADVICE[code])


def _money_faults(document: Mapping[str, Any], currency: str | None) -> Iterator[DocumentFault]:
    named: list[tuple[str, Mapping[str, str]]] = [
        (step("/action/costs", channel), money)
        for channel, money in (document["action"].get("costs") or {}).items()
    ]
    if document.get("budget"):
        named.append(("/budget", document["budget"]))
    base = currency or (named[0][1]["currency"] if named else None)
    for pointer, money in named:
        if money["amount"].startswith("-"):
            yield DocumentFault(f"{pointer}/amount", "negative", "Write an amount from 0 on.")
        if money["currency"] != base:
            words = "Write all money of a playbook in the shop's own currency."
            yield DocumentFault(f"{pointer}/currency", "wrong_currency", words)


def _audience_faults(
    given: Mapping[str, Any], pointer: str, known: Known
) -> Iterator[DocumentFault]:
    segment, programme = given.get("segment"), given.get("programme")
    tiers = given.get("tiers") or ()
    if segment and known.segments is not None and segment not in known.segments:
        words = "There is no such segment: POST /v1/segments makes one."
        yield DocumentFault(f"{pointer}/segment", "unknown_segment", words)
    if tiers and not programme:
        yield DocumentFault(f"{pointer}/programme", "missing", "Name the programme of the tiers.")
    if not programme or known.tiers is None:
        return
    if programme not in known.tiers:
        words = "There is no such programme in force."
        yield DocumentFault(f"{pointer}/programme", "unknown_programme", words)
    elif wrong := [n for n, tier in enumerate(tiers) if tier not in known.tiers[programme]]:
        words = "The programme in force has no such tier."
        yield from (DocumentFault(f"{pointer}/tiers/{n}", "unknown_tier", words) for n in wrong)


def _offer_faults(action: Mapping[str, Any], known: Known) -> Iterator[DocumentFault]:
    benefit = action.get("benefit_key")
    if benefit and known.benefits is not None and benefit not in known.benefits:
        words = "No programme in force has such a benefit."
        yield DocumentFault("/action/benefit_key", "unknown_benefit", words)
    offer = action.get("offer_key")
    if offer and known.offers is not None and offer not in known.offers:
        words = "There is no such offer: POST /v1/offers makes one."
        yield DocumentFault("/action/offer_key", "unknown_offer", words)

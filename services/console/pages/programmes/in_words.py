"""What a document says, in words: who is in which tier, for how long, and what they get."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from services.console.pages.programmes.bars import MONEY, SHARE, bars_of
from services.console.pages.programmes.documents import Document, at
from services.console.pages.programmes.sentence import height_words, metric_words
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit


def tier_rows(visit: Visit, document: Document) -> list[list[str]]:
    """Write a row a tier: its name, what it asks for, what it entitles to."""
    return [
        [
            visit.local(tier["name"]),
            asked_words(visit, document, place),
            _gets(visit, document, tier),
        ]
        for place, tier in enumerate(at(document, ("tiers",), []))
    ]


def asked_words(visit: Visit, document: Document, place: int) -> str:
    """Say what a tier asks for."""
    tier = document["tiers"][place]
    bars = [bar for bar in bars_of(document) if bar.path[1] == place]
    told = []
    if grant := at(tier, ("enter", "grant")):
        told.append(visit.say_or(f"programmes.grant_{grant}", str(grant)))
    for way in ("all", "any"):
        asked = [_bar_words(visit, document, bar) for bar in bars if way in bar.path]
        if asked:
            told.append(visit.say(f"programmes.joint_{way}").join(asked))
    told += [_bar_words(visit, document, bar) for bar in bars if bar.metric == SHARE]
    if "when" in tier:
        told.append(visit.say("programmes.by_condition"))
    return visit.say("programmes.and").join(told) or visit.say("programmes.everybody")


def rule_facts(visit: Visit, document: Document) -> list[tuple[str, str]]:
    """Write the rules that hold for all tiers, one fact each."""
    facts = metric_facts(visit, document)
    if window := document.get("window"):
        facts.append((visit.say("programmes.window"), _window(visit, window)))
    if validity := document.get("validity"):
        facts.append((visit.say("programmes.validity"), _validity(visit, validity)))
    for name in ("qualification", "downgrade", "clawback"):
        if value := document.get(name):
            words = visit.say_or(f"programmes.{name}_{value}", str(value))
            facts.append((visit.say(f"programmes.{name}"), words))
    if days := document.get("fall_after_days"):
        told = visit.say("programmes.days", n=days)
        facts.append((visit.say("programmes.fall_after_days"), told))
    if earn := at(document, ("points", "earn")):
        told = visit.say("programmes.points_words", points=earn.get("points"), per=earn.get("per"))
        facts.append((visit.say("programmes.points"), told))
    return facts


def metric_facts(visit: Visit, document: Document) -> list[tuple[str, str]]:
    """Say what makes one unit of each metric that the document defines."""
    return [
        (_capital(metric_words(visit, document, name)), _unit(visit, document, metric))
        for name, metric in (at(document, ("metrics",)) or {}).items()
    ]


def _unit(visit: Visit, document: Document, metric: Mapping[str, Any]) -> str:
    counted = str(metric.get("of"))
    of, per = metric_words(visit, document, counted), Decimal(str(metric.get("per", "1")))
    if counted not in MONEY and per == 1:
        return visit.say("programmes.metric_as_many", of=of)
    height = height_words(visit, document, counted, per)
    return visit.say("programmes.metric_for_every", of=of, per=height)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _bar_words(visit: Visit, document: Document, bar: Any) -> str:
    height = height_words(visit, document, bar.metric, bar.value)
    if bar.metric == SHARE:
        return height
    metric = metric_words(visit, document, bar.metric)
    return visit.say("programmes.at_least", metric=metric, height=height)


def _gets(visit: Visit, document: Document, tier: Mapping[str, Any]) -> str:
    names = [
        benefit_words(visit, benefit)
        for benefit in document.get("benefits", [])
        if tier["key"] in benefit["tiers"]
    ]
    return visit.say("programmes.joint").join(names) or NOTHING


def benefit_words(visit: Visit, benefit: Mapping[str, Any]) -> str:
    """Name a benefit with how often it may be used."""
    name = visit.local(benefit["name"])
    if quota := benefit.get("quota"):
        per = visit.say_or(f"programmes.per_{quota['per']}", str(quota["per"]))
        return visit.say("programmes.benefit_words", name=name, n=quota["count"], per=per)
    return name


def _window(visit: Visit, window: Mapping[str, Any]) -> str:
    kind = str(window.get("kind"))
    if kind == "rolling":
        unit = "months" if "months" in window else "days"
        return visit.say(f"programmes.window_{unit}", n=window.get(unit))
    if kind == "calendar":
        unit = str(window.get("unit"))
        return visit.say_or(f"programmes.window_of_{unit}", unit)
    return visit.say_or(f"programmes.window_{kind}", kind)


def _validity(visit: Visit, validity: Mapping[str, Any]) -> str:
    kind = str(validity.get("kind"))
    if kind == "months":
        return visit.say("programmes.validity_months", n=validity.get("months"))
    if kind == "periods":
        n, plus = validity.get("after"), validity.get("plus_months", 0)
        return visit.say("programmes.validity_periods", n=n, plus=plus)
    return visit.say_or(f"programmes.validity_{kind}", kind)

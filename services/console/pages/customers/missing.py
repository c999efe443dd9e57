"""What a customer lacks for the tiers above theirs: how much of what, until when, for how much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from services.console.visiting.visit import Visit
from shared.contracts.programmes import Document
from shared.contracts.tier import Target, TierAnswer
from shared.contracts.what_if import WhatIfAnswer

_MONEY: Final = frozenset({"spend", "margin"})


@dataclass(frozen=True, slots=True)
class Gap:
    """How far somebody is in one metric on the way to a tier; `has` and `needs` where known."""

    tier: str
    metric: str
    missing: Decimal
    has: Decimal | None = None
    needs: Decimal | None = None
    is_one_of: bool = False


def gaps_of(document: Document, tier: TierAnswer) -> list[Gap]:
    """List what is missing for the next tier, then what that leaves for those above it."""
    following = tier.progress.next
    if following is None:
        return []
    found = [
        _gap(document, following, need.metric, Decimal(need.missing))
        for need in following.needs
        if Decimal(need.missing) > 0
    ]
    has = {gap.metric: gap.has for gap in found if gap.has is not None}
    keys = [str(each["key"]) for each in _tiers(document)]
    above = keys[keys.index(following.tier) + 1 :] if following.tier in keys else []
    return [*found, *(gap for key in above for gap in _farther(document, key, has))]


def _gap(document: Document, target: Target, metric: str, short: Decimal) -> Gap:
    for part in ("all", "any"):
        asked = _rule(document, target.tier, part).get(metric)
        if asked is not None:
            needs = Decimal(str(asked))
            return Gap(target.tier, metric, short, needs - short, needs, part == "any")
    return Gap(target.tier, metric, short)


def _farther(document: Document, key: str, has: Mapping[str, Decimal]) -> list[Gap]:
    asked = {name: Decimal(str(n)) for name, n in _rule(document, key, "all").items()}
    return [
        Gap(key, name, needs - has[name], has[name], needs)
        for name, needs in asked.items()
        if name in has and needs > has[name]
    ]


def gap_line(visit: Visit, document: Document, gap: Gap) -> str:
    """Say what is missing with its unit, and what that is in money where a rate is known."""
    metric = gap.metric
    missing = amount_of(visit, document, metric, gap.missing)
    parts = {
        "missing": missing,
        "metric": metric_name(visit, document, metric),
        "tier": tier_name_in(visit, document, gap.tier),
    }
    word = "gap_spend" if metric == "spend" else "gap"
    said = [visit.say(f"customers.{word}", **parts)]
    if gap.has is not None and gap.needs is not None:
        has, needs = (amount_of(visit, document, metric, n) for n in (gap.has, gap.needs))
        window = window_words(visit, document)
        said.append(visit.say("customers.gap_of", has=has, needs=needs, window=window))
    said.append(_in_money(visit, document, gap))
    if gap.is_one_of:
        said.append(visit.say("customers.gap_one_of"))
    return "".join(said)


def _in_money(visit: Visit, document: Document, gap: Gap) -> str:
    per = _rate(document, gap.metric)
    if per is None or gap.metric == "spend":
        return ""
    each, all_of_it = (_money(visit, document, n) for n in (per, per * gap.missing))
    name = metric_name(visit, document, gap.metric)
    return visit.say("customers.gap_rate", metric=name, each=each, amount=all_of_it)


def purchase_line(visit: Visit, document: Document, gaps: Sequence[Gap]) -> str:
    """Say which purchase reaches the next tier; nothing where more than money spent counts."""
    following = [gap for gap in gaps if gap.tier == gaps[0].tier]
    per = _rate(document, following[0].metric) if len(following) == 1 else None
    if per is None:
        return ""
    amount = _money(visit, document, per * following[0].missing)
    tier = tier_name_in(visit, document, following[0].tier)
    return visit.say("customers.takes_purchase", amount=amount, tier=tier)


def _rate(document: Document, metric: str) -> Decimal | None:
    """Give how much money makes one of a metric; None where it is not money spent that counts."""
    if metric == "spend":
        return Decimal(1)
    one = _objects(document.get("metrics")).get(metric)
    return Decimal(str(one.get("per", "1"))) if one and one.get("of") == "spend" else None


def until_line(
    visit: Visit, document: Document, tier: TierAnswer, later: WhatIfAnswer | None
) -> str:
    """Say until when what is missing stays so; nothing where no end of it is known."""
    following = tier.progress.next
    if following is None or not following.needs:
        return ""
    if following.by is not None:
        return visit.say("customers.gap_until", until=visit.formats.instant(following.by))
    then = later.then.progress.next if later is not None else None
    if later is None or then is None or then.tier != following.tier:
        return ""
    metric, now = following.needs[0].metric, following.needs[0].missing
    missing = next((need.missing for need in then.needs if need.metric == metric), None)
    if missing is None:
        return ""
    is_same = Decimal(missing) == Decimal(now)
    return visit.say(
        "customers.gap_stays" if is_same else "customers.gap_grows",
        on=visit.formats.date(later.on),
        missing=amount_of(visit, document, metric, Decimal(missing)),
        metric=metric_name(visit, document, metric),
        window=window_words(visit, document),
    )


def window_words(visit: Visit, document: Document) -> str:
    """Say over which time a programme counts."""
    window = _object(document.get("window"))
    kind, unit = str(window.get("kind", "")), str(window.get("unit", ""))
    if kind == "rolling":
        unit = "months" if "months" in window else "days"
        return visit.say(f"customers.window_{unit}", count=str(window.get(unit, "")))
    return visit.say_or(f"customers.window_{unit or kind}", visit.say("customers.window_lifetime"))


def metric_name(visit: Visit, document: Document, metric: str) -> str:
    """Name a metric as the programme does, else as everybody does."""
    one = _objects(document.get("metrics")).get(metric)
    words = _object(one.get("name")) if one else {}
    if words:
        return visit.local({language: str(text) for language, text in words.items()})
    return visit.say_or(f"customers.metric_{metric}", metric)


def amount_of(visit: Visit, document: Document, metric: str, amount: Decimal) -> str:
    """Write an amount of a metric: money with its currency, else a number."""
    if metric in _MONEY:
        return _money(visit, document, amount)
    digits = 0 if amount == amount.to_integral_value() else 2
    return visit.formats.number(amount, digits=digits)


def tier_name_in(visit: Visit, document: Document, key: str) -> str:
    """Name a tier of a document."""
    found = next((each for each in _tiers(document) if each.get("key") == key), {})
    words = _object(found.get("name"))
    return visit.local({name: str(text) for name, text in words.items()}) if words else key


def _money(visit: Visit, document: Document, amount: Decimal) -> str:
    currency = str(document.get("currency") or visit.house.currency)
    is_whole = amount == amount.to_integral_value()
    return visit.formats.money(amount, currency, whole=is_whole)


def _tiers(document: Document) -> list[dict[str, Any]]:
    tiers = document.get("tiers")
    return [each for each in tiers if isinstance(each, dict)] if isinstance(tiers, list) else []


def _rule(document: Document, key: str, part: str) -> dict[str, Any]:
    tier = next((each for each in _tiers(document) if each.get("key") == key), {})
    return _object(_object(tier.get("enter")).get(part))


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> dict[str, dict[str, Any]]:
    return {name: each for name, each in _object(value).items() if isinstance(each, dict)}

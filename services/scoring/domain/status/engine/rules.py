"""The rules of one version of a status programme, read from its document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from services.scoring.domain.programmes.metrics import decimals_of, scaled
from services.scoring.domain.status.engine.history import GrantKind

Qualification = Literal["ledger", "track"]
PeriodUnit = Literal["year", "half", "quarter", "month"]
WindowKind = Literal["rolling", "calendar", "anniversary", "lifetime"]
ValidityKind = Literal["months", "periods", "floating", "forever"]
Downgrade = Literal["one_step", "qualified", "base", "never"]

#: (metric, least sum in the metric's integer unit)
Threshold = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a tier asks: every one of `all`, one of `any`, and an active grant of kind `grant`."""

    all: tuple[Threshold, ...] = ()
    any: tuple[Threshold, ...] = ()
    grant: GrantKind | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """One rung; rank 0 asks nothing."""

    key: str
    enter: Rule
    keep: Rule
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Window:
    """Which entries count together; `months` or `days` of a rolling one, `unit` of a calendar."""

    kind: WindowKind
    months: int = 0
    days: int = 0
    unit: PeriodUnit = "year"
    start_month: int = 1

    @property
    def is_periodic(self) -> bool:
        """Tell whether time is cut into periods."""
        return self.kind in {"calendar", "anniversary"}


@dataclass(frozen=True, slots=True)
class Validity:
    """How long a tier lasts from the entry that earned it."""

    kind: ValidityKind
    months: int = 0
    round_up_to: PeriodUnit | None = None
    after: int = 0
    plus_months: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """One version's rules; `tiers` by rank. Two of them are equal only if they are the same.

    Comparing and hashing by identity keeps what is derived from rules cheap to look up.
    """

    key: str
    version: int
    tiers: tuple[Tier, ...]
    window: Window
    validity: Validity
    qualification: Qualification
    refresh: Literal["latest", "first"]
    upgrade: Literal["immediate", "period_end"]
    downgrade: Downgrade
    keep_window: Literal["same", "since_grant"]
    grace_days: int
    clawback: Literal["immediate", "at_review"]
    pending_days: int
    warn_days: int
    time_zone: str
    currency: str

    @property
    def metrics(self) -> tuple[str, ...]:
        """Name the metrics that the rules read, each once, in the order of the document."""
        rules = [rule for tier in self.tiers for rule in (tier.enter, tier.keep)]
        return tuple(dict.fromkeys(name for r in rules for name, _ in (*r.all, *r.any)))

    def rank_of(self, tier_key: str) -> int | None:
        """Find the rank of a tier by its key."""
        return next((rank for rank, t in enumerate(self.tiers) if t.key == tier_key), None)


def read_rules(key: str, version: int, document: Mapping[str, Any]) -> Rules:
    """Read the rules out of a valid document, with the default of each policy left out.

    Thresholds written as texts are amounts: minor units of the currency, thousandths of a quantity.
    """
    window, currency = document["window"], document["currency"]
    is_rolling = window["kind"] == "rolling"
    return Rules(
        key=key,
        version=version,
        tiers=tuple(_tier(tier, currency) for tier in document["tiers"]),
        window=Window(**window),
        validity=Validity(**document["validity"]),
        qualification=document.get("qualification", "ledger" if is_rolling else "track"),
        refresh=document.get("refresh", "latest"),
        upgrade=document.get("upgrade", "immediate"),
        downgrade=document.get("downgrade", "one_step"),
        keep_window=document.get("keep_window", "same"),
        grace_days=document.get("grace_days", 0),
        clawback=document.get("clawback", "immediate"),
        pending_days=document.get("pending_days", 0),
        warn_days=document.get("warn_days", 30),
        time_zone=document["time_zone"],
        currency=currency,
    )


def _tier(tier: Mapping[str, Any], currency: str) -> Tier:
    enter = _rule(tier.get("enter", {}), currency)
    keep = _rule(tier["keep"], currency) if "keep" in tier else enter
    return Tier(tier["key"], enter, keep, tier.get("name", {"en": tier["key"], "zh": tier["key"]}))


def _rule(rule: Mapping[str, Any], currency: str) -> Rule:
    return Rule(
        all=_thresholds(rule.get("all", {}), currency),
        any=_thresholds(rule.get("any", {}), currency),
        grant=rule.get("grant"),
    )


def _thresholds(listed: Mapping[str, int | str], currency: str) -> tuple[Threshold, ...]:
    return tuple((metric, _amount(metric, least, currency)) for metric, least in listed.items())


def _amount(metric: str, least: int | str, currency: str) -> int:
    if isinstance(least, int):
        return least
    amount = scaled(least, decimals_of(metric, currency))
    if amount is None:
        raise ValueError(f"not an amount of {metric} in {currency}: {least!r}")
    return amount


def same_tier(old: Rules, new: Rules, rank: int) -> int:
    """Find the rank that stands for a tier of an older version: its key, else the next below."""
    keys: Sequence[str] = [tier.key for tier in old.tiers[: rank + 1]]
    return max((new.rank_of(key) or 0 for key in keys), default=0)

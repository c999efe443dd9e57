"""A status programme as people see it: its rules, what its metrics are called, how it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.scoring.domain.programmes.metrics import decimals_of, scaled
from services.scoring.domain.status.counting import Counter, Derived, Terms
from services.scoring.domain.status.engine.rules import Rule, Rules, read_rules
from services.scoring.domain.status.engine.timeline import InForce
from services.scoring.domain.why.figures import Words

STATUS_KIND: Final = "status"
Versioned = tuple[int, datetime | None, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class StatusProgramme:
    """A published version; `window` is the document's, `metric_names` names its own metrics."""

    rules: Rules
    window: Mapping[str, Any]
    zone: ZoneInfo
    metric_names: Mapping[str, Words]

    @property
    def key(self) -> str:
        """Give the programme's key."""
        return self.rules.key

    @property
    def tier_keys(self) -> tuple[str, ...]:
        """List the tiers' keys by rank."""
        return tuple(tier.key for tier in self.rules.tiers)

    def amount(self, metric: str, value: int) -> str:
        """Write an amount of a metric as people read it: money and quantities with decimals."""
        own = metric in self.metric_names
        decimals = 0 if own else decimals_of(metric, self.rules.currency)
        whole, part = divmod(abs(value), 10**decimals)
        sign = "-" if value < 0 else ""
        return f"{sign}{whole}.{part:0{decimals}d}" if decimals else f"{sign}{whole}"


def status_programme(key: str, version: int, document: Mapping[str, Any]) -> StatusProgramme:
    """Read a valid status document."""
    rules = read_rules(key, version, document)
    return StatusProgramme(
        rules=rules,
        window=document["window"],
        zone=ZoneInfo(rules.time_zone),
        metric_names={
            name: dict(one.get("name") or {"en": name, "zh": name})
            for name, one in document.get("metrics", {}).items()
        },
    )


def threshold_of(rule: Rule, metric: str) -> int:
    """Give what a rule asks of a metric; 0 for one it does not name."""
    return next((least for name, least in (*rule.all, *rule.any) if name == metric), 0)


def terms_of(document: Mapping[str, Any]) -> Terms:
    """Read how a valid status document counts orders."""
    currency = document.get("currency")
    counting = document.get("counting", {})
    derived = tuple(
        Derived(name, one["of"], _per(one, currency))
        for name, one in document.get("metrics", {}).items()
    )
    min_order = scaled(counting.get("min_order", "0"), decimals_of("spend", currency)) or 0
    return Terms(derived, min_order, counting.get("max_orders_per_day"))


def _per(one: Mapping[str, Any], currency: object) -> int:
    """Read of how much one unit is made; of one whole unit where nothing is said."""
    return scaled(one.get("per", "1"), decimals_of(one["of"], currency)) or 1


def schedule_of(key: str, versions: Sequence[Versioned]) -> tuple[InForce, ...]:
    """Read the versions that ever took effect, by rising instant; the last is in force."""
    return tuple(
        InForce(read_rules(key, version, document), since) for version, since, document in versions
    )


def counter_of(schedule: Sequence[InForce], versions: Sequence[Versioned]) -> Counter:
    """Make what counts for a schedule."""
    asked = sorted({name for each in schedule for name in each.rules.metrics})
    terms = [(since, terms_of(document)) for _, since, document in versions]
    return Counter(asked, terms, ZoneInfo(schedule[-1].rules.time_zone))

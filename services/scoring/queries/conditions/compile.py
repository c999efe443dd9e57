"""Write a condition as SQL that decides as domain/conditions/evaluate.py does, for all at once.

Aliases: `c` customers, `s` customer_sheets, `st` customer_standings. What is missing is false,
never null, so that `not` of it is true.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import singledispatchmethod
from typing import Final

from services.scoring.domain.conditions.evaluate import Unbound, holds
from services.scoring.domain.conditions.tree import (
    ANYWHERE,
    LIFETIME,
    All,
    AnyOf,
    Attribute,
    Condition,
    Consent,
    HasBeen,
    LastPerformed,
    Lifecycle,
    Metric,
    Not,
    Performed,
    RandomBucket,
    Score,
    Tier,
    Window,
)
from services.scoring.domain.conditions.vocabulary import (
    BEHAVIOUR_METRICS,
    BUCKETS,
    COUNTED_EVENTS,
    ORDER,
    UNMASKED_EVENTS,
)
from services.scoring.queries.conditions.attributes import attribute_matches
from services.scoring.queries.conditions.sheets import SUMMED
from services.scoring.queries.conditions.written import Written
from shared.schema.segments import SHEET_WINDOWS

_CATEGORIES: Final = "categories"
_BOUGHT: Final = """
SELECT o.profile_id, l.category FROM orders o JOIN order_lines l USING (profile_id, order_key)
WHERE NOT o.is_void
"""
_ORDERED: Final = """
SELECT o.profile_id, o.business_date AS happened_on FROM orders o WHERE NOT o.is_void
"""
# What happened to somebody before they were merged into another counts as the other's.
_LOGGED: Final = """
SELECT coalesce(m.merged_into, m.profile_id) AS profile_id, e.business_date AS happened_on
FROM events e JOIN customers m ON m.profile_id = e.profile_id WHERE true
"""


def write_condition(condition: Condition, written: Written, today: date) -> str:
    """Write a bound condition; its values go into `written`. Raises Unbound."""
    return _Writer(written, today).write(condition)


class _Writer:
    """Writes one condition as of a business date."""

    def __init__(self, written: Written, today: date) -> None:
        self._written = written
        self._bind: Callable[[object, str], str] = written.bind
        self._day = today

    @property
    def _today(self) -> str:
        return self._written.once("today", self._day, "date")

    def write(self, condition: Condition) -> str:
        match condition:
            case All(items):
                return f"({' AND '.join(map(self.write, items)) or 'true'})"
            case AnyOf(items):
                return f"({' OR '.join(map(self.write, items)) or 'false'})"
            case Not(item):
                return f"(NOT {self.write(item)})"
            case _:
                return f"coalesce({self._leaf(condition)}, false)"

    @singledispatchmethod
    def _leaf(self, leaf: Condition) -> str:
        raise Unbound(leaf)

    @_leaf.register
    def _(self, leaf: Attribute) -> str:
        return attribute_matches(leaf, self._written)

    @_leaf.register
    def _(self, leaf: Metric) -> str:
        column = column_of(leaf.name, leaf.window)
        if column is not None:
            return self._written.compared(f"coalesce(s.{column}, 0)", leaf.comparison)
        return self._by_sum(leaf)

    @_leaf.register
    def _(self, leaf: Performed) -> str:
        rows = self._happened(leaf, leaf.window)
        found = self._in(rows, f"count(*) >= {self._bind(leaf.times, 'bigint')}")
        return self._unmasked(leaf.event, found)

    @_leaf.register
    def _(self, leaf: LastPerformed) -> str:
        metric = COUNTED_EVENTS.get(leaf.event)
        if metric is not None and leaf.where == ANYWHERE:
            age = f"({self._today} - s.last_{metric})"
            return self._written.compared(age, leaf.comparison)
        age = f"({self._today} - max(happened_on))"
        rows = self._happened(leaf, LIFETIME)
        found = self._in(rows, self._written.compared(age, leaf.comparison))
        return self._unmasked(leaf.event, found)

    @_leaf.register
    def _(self, leaf: Score) -> str:
        return self._written.compared("st.score", leaf.comparison)

    @_leaf.register
    def _(self, leaf: Lifecycle) -> str:
        return f"s.lifecycle = ANY({self._bind(list(leaf.stages), 'text[]')})"

    @_leaf.register
    def _(self, leaf: Tier) -> str:
        if leaf.at_least is not None:
            raise Unbound(leaf)
        held = f"st.tiers -> {self._bind(leaf.programme, 'text')} ->> 0"
        return f"{held} = ANY({self._bind(list(leaf.keys), 'text[]')})"

    @_leaf.register
    def _(self, leaf: HasBeen) -> str:
        days = self._bind(leaf.at_least_days, "int")
        if leaf.stage is not None:
            stage = self._bind(leaf.stage, "text")
            return f"(s.lifecycle = {stage} AND s.lifecycle_since + {days} <= {self._today})"
        tier = f"st.tiers -> {self._bind(leaf.programme, 'text')}"
        since = f"({tier} ->> 1)::date + {days} <= {self._today}"
        return f"({tier} ->> 0 = {self._bind(leaf.tier, 'text')} AND {since})"

    @_leaf.register
    def _(self, leaf: Consent) -> str:
        # purposes are ours: parse.py lets no other through
        return f"s.consent_{leaf.purpose} IS {'TRUE' if leaf.is_granted else 'FALSE'}"

    @_leaf.register
    def _(self, leaf: RandomBucket) -> str:
        seeded = f"convert_to({self._bind(leaf.seed + ':', 'text')} || c.profile_id::text, 'UTF8')"
        number = f"('x' || encode(substr(sha256({seeded}), 1, 7), 'hex'))::bit(56)::bigint"
        return f"{number} % {BUCKETS} < {self._bind(leaf.parts, 'bigint')}"

    def _by_sum(self, leaf: Metric) -> str:
        """Decide over days that no sheet sums: name those for whom the sum decides otherwise."""
        is_for_nobody = holds(leaf.comparison, 0)
        if leaf.name == _CATEGORIES:
            rows = self._bought(leaf.window)
            total = "count(DISTINCT category)"
        else:
            within = self._written.within("d.business_date", leaf.window, self._today)
            rows = f"SELECT d.* FROM customer_day d WHERE {within}"  # noqa: S608 - our own words
            total = f"sum({SUMMED[leaf.name]})"
        test = self._written.compared(total, leaf.comparison)
        found = self._in(rows, f"NOT {test}" if is_for_nobody else test)
        decided = f"NOT {found}" if is_for_nobody else found
        if leaf.name not in BEHAVIOUR_METRICS:
            return decided
        return f"CASE WHEN s.is_masked THEN {str(is_for_nobody).lower()} ELSE {decided} END"

    def _bought(self, window: Window) -> str:
        within = self._written.within("o.business_date", window, self._today)
        return f"{_BOUGHT} AND {within}"

    def _happened(self, leaf: Performed | LastPerformed, window: Window) -> str:
        if leaf.event == ORDER:
            return self._ordered(leaf, window)
        within = self._written.within("e.business_date", window, self._today)
        return f"{_LOGGED} AND e.kind = {self._bind(leaf.event, 'text')} AND {within}"

    def _ordered(self, leaf: Performed | LastPerformed, window: Window) -> str:
        where = leaf.where
        tests = [_ORDERED, self._written.within("o.business_date", window, self._today)]
        for column, texts in (("o.channel", where.channel), ("o.store_id", where.store)):
            if texts:
                tests.append(f"{column} = ANY({self._bind(list(texts), 'text[]')})")
        if where.asks_lines:
            lines = ["l.profile_id = o.profile_id", "l.order_key = o.order_key"]
            for column, texts in (("l.category", where.category), ("l.sku", where.sku)):
                if texts:
                    lines.append(f"{column} = ANY({self._bind(list(texts), 'text[]')})")
            tests.append(f"EXISTS (SELECT FROM order_lines l WHERE {' AND '.join(lines)})")
        return " AND ".join(tests)

    @staticmethod
    def _in(rows: str, having: str) -> str:
        # OFFSET 0: chosen first, by whatever reads least, and grouped afterwards
        chosen = f"SELECT profile_id FROM ({rows} OFFSET 0) x GROUP BY profile_id HAVING {having}"  # noqa: S608 - our own words
        return f"(c.profile_id IN ({chosen}))"

    @staticmethod
    def _unmasked(event: str, found: str) -> str:
        if event == ORDER or event in UNMASKED_EVENTS:
            return found
        return f"({found} AND NOT s.is_masked)"


def column_of(name: str, window: Window) -> str | None:
    """Name the column of a sheet that holds a sum; None where none does."""
    if window == LIFETIME:
        return f"{name}_0"
    if window.last_days in SHEET_WINDOWS and name != _CATEGORIES:
        return f"{name}_{window.last_days}"
    return None

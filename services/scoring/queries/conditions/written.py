"""SQL in the making: every value becomes a bound parameter, every name is one of ours."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.scoring.domain.conditions.tree import Comparison, Op, Window

SIGNS = {Op.EQ: "=", Op.NE: "<>", Op.LT: "<", Op.LTE: "<=", Op.GT: ">", Op.GTE: ">="}


@dataclass(slots=True)
class Written:
    """Parameters bound so far; `today` is bound when it is first asked for."""

    parameters: list[object] = field(default_factory=list)
    _named: dict[str, str] = field(default_factory=dict)

    def bind(self, value: object, kind: str) -> str:
        """Bind a value of an SQL type; gives its place."""
        self.parameters.append(value)
        return f"${len(self.parameters)}::{kind}"

    def once(self, name: str, value: object, kind: str) -> str:
        """Bind a value that is asked for again and again under one name."""
        if name not in self._named:
            self._named[name] = self.bind(value, kind)
        return self._named[name]

    def compared(self, expression: str, comparison: Comparison) -> str:
        """Write a comparison of a number."""
        kind = "float8" if isinstance(comparison.value, float) else "bigint"
        low = self.bind(comparison.value, kind)
        if comparison.high is not None:
            return f"{expression} BETWEEN {low} AND {self.bind(comparison.high, kind)}"
        return f"{expression} {SIGNS[comparison.op]} {low}"

    def within(self, column: str, window: Window, today: str) -> str:
        """Write that a date lies in a window, today the last at most."""
        if window.last_days is not None:
            first = f"{today} - {self.bind(window.last_days, 'int')} + 1"
            return f"{column} BETWEEN {first} AND {today}"
        last = today if window.end is None else f"least({self.bind(window.end, 'date')}, {today})"
        upper = f"{column} <= {last}"
        if window.start is None:
            return upper
        return f"{column} >= {self.bind(window.start, 'date')} AND {upper}"

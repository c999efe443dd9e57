"""Compare profile attributes by JSON type: only alike things compare, a missing one never does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from services.scoring.domain.conditions.fields import decimal_of
from services.scoring.domain.conditions.tree import Attribute, Match, Scalar

Test = Callable[[object, Sequence[Scalar]], bool]


def is_match(condition: Attribute, attributes: Mapping[str, object]) -> bool:
    """Decide a condition on an attribute; null is as good as missing."""
    found = _at(condition.path, attributes)
    if found is None:
        return False
    return condition.match is Match.EXISTS or _TESTS[condition.match](found, condition.values)


def _at(path: Sequence[str], attributes: Mapping[str, object]) -> object:
    found: object = attributes
    for name in path:
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found


def _plain(found: object) -> object:
    """Give numbers as decimals, so that they equal what Postgres compares."""
    number = decimal_of(found)
    return found if number is None else number


def _is_any(found: object, values: Sequence[Scalar]) -> bool:
    plain = _plain(found)
    # True == 1 in Python, not in JSON
    return any(type(plain) is type(value) and plain == value for value in values)


def _contains(found: object, value: Scalar) -> bool:
    if isinstance(found, str):
        return isinstance(value, str) and value in found
    return isinstance(found, list) and any(_is_any(item, [value]) for item in found)


def _has_prefix(found: object, values: Sequence[Scalar]) -> bool:
    return isinstance(found, str) and found.startswith(str(values[0]))


def _sign(found: object, bound: Scalar) -> int | None:
    """Order two alike things; text by code points, as Postgres' "C" collation orders UTF-8."""
    plain = _plain(found)
    if isinstance(plain, str) and isinstance(bound, str):
        return (plain > bound) - (plain < bound)
    if isinstance(plain, Decimal) and isinstance(bound, Decimal):
        return (plain > bound) - (plain < bound)
    return None


def _ordered(*signs: int) -> Test:
    return lambda found, values: _sign(found, values[0]) in signs


def _between(found: object, values: Sequence[Scalar]) -> bool:
    low, high = values
    return _sign(found, low) in (0, 1) and _sign(found, high) in (-1, 0)


_TESTS: Final[Mapping[Match, Test]] = {
    Match.EQ: _is_any,
    Match.IN: _is_any,
    Match.NE: lambda found, values: not _is_any(found, values),
    Match.NOT_IN: lambda found, values: not _is_any(found, values),
    Match.CONTAINS: lambda found, values: _contains(found, values[0]),
    Match.PREFIX: _has_prefix,
    Match.LT: _ordered(-1),
    Match.LTE: _ordered(-1, 0),
    Match.GT: _ordered(1),
    Match.GTE: _ordered(0, 1),
    Match.BETWEEN: _between,
}

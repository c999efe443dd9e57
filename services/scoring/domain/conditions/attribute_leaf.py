"""Read a condition on a profile attribute: a path, an operator, values of its type."""

from __future__ import annotations

from decimal import Decimal

from services.scoring.domain.conditions.fields import Fields, Notes, fields_of
from services.scoring.domain.conditions.tree import Attribute, Match, Scalar
from services.scoring.domain.conditions.vocabulary import MOST_PATH

_ORDERED = (Match.LT, Match.LTE, Match.GT, Match.GTE)


def attribute(notes: Notes, value: object, pointer: str) -> Attribute | None:
    """Read `{"name", "op", "value"}`; a dot in the name leads into an object."""
    fields = fields_of(notes, value, pointer, ("name", "op", "value"))
    if fields is None:
        return None
    path, op = _path(fields), fields.choice("op", tuple(Match))
    if op is None:
        return None
    values = _values(fields, Match(op))
    if path is None or values is None:
        return None
    return Attribute(path, Match(op), values)


def _path(fields: Fields) -> tuple[str, ...] | None:
    name = fields.text("name")
    if name is None:
        return None
    path = tuple(name.split("."))
    if len(path) > MOST_PATH or not all(path):
        fields.fault("name", "bad_path", f"must be 1 to {MOST_PATH} names with dots between")
        return None
    return path


def _values(fields: Fields, op: Match) -> tuple[Scalar, ...] | None:
    match op:
        case Match.EXISTS:
            if fields.has("value"):
                fields.fault("value", "not_allowed", "has no meaning for exists")
                return None
            return ()
        case Match.IN | Match.NOT_IN:
            return fields.listed("value", fields.scalar)
        case Match.BETWEEN:
            return _bounds(fields)
        case Match.PREFIX:
            text = fields.text("value")
            return None if text is None else (text,)
        case _:
            return _one(fields, is_ordered=op in _ORDERED)


def _one(fields: Fields, *, is_ordered: bool) -> tuple[Scalar, ...] | None:
    given = fields.value("value")
    if "value" not in fields.members:
        return None
    found = fields.scalar("value", given)
    if is_ordered and isinstance(found, bool):
        fields.fault("value", "wrong_type", "must be a number or a string")
        return None
    return None if found is None else (found,)


def _bounds(fields: Fields) -> tuple[Scalar, ...] | None:
    bounds = fields.listed("value", fields.scalar)
    if bounds is None:
        return None
    if len(bounds) == 2:
        low, high = bounds
        if isinstance(low, str) and isinstance(high, str) and low <= high:
            return (low, high)
        if isinstance(low, Decimal) and isinstance(high, Decimal) and low <= high:
            return (low, high)
    fields.fault("value", "wrong_type", "must list two numbers or two strings, the lower first")
    return None

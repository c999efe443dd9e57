"""Write a condition on a profile attribute as SQL, deciding as attribute_match.py does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from services.scoring.domain.conditions.tree import Attribute, Match, Op, Scalar
from services.scoring.queries.conditions.written import SIGNS, Written

_NULL: Final = "'null'::jsonb"
_ORDERED: Final = {Match.LT, Match.LTE, Match.GT, Match.GTE, Match.BETWEEN}


def attribute_matches(leaf: Attribute, written: Written) -> str:
    """Write whether an attribute matches; null where it is missing."""
    # `->` with a text leads into objects only; a path would lead into arrays too
    steps = "".join(f" -> {written.bind(name, 'text')}" for name in leaf.path)
    found = f"(coalesce(s.attributes, c.attributes){steps})"
    match leaf.match:
        case Match.EXISTS:
            return f"{found} <> {_NULL}"
        case Match.EQ | Match.IN:
            return _is_any(found, leaf.values, written)
        case Match.NE | Match.NOT_IN:
            return f"({found} <> {_NULL} AND NOT {_is_any(found, leaf.values, written)})"
        case Match.CONTAINS:
            return _contains(found, leaf.values[0], written)
        case Match.PREFIX:
            start = written.bind(leaf.values[0], "text")
            return _of("string", found, f"starts_with({_text(found)}, {start})")
        case _:
            return _ordered(leaf.match, found, leaf.values, written)


def _is_any(found: str, values: Sequence[Scalar], written: Written) -> str:
    return f"({found} = ANY({written.bind(list(map(_json, values)), 'jsonb[]')}))"


def _contains(found: str, value: Scalar, written: Written) -> str:
    among = f"{found} @> {written.bind(b'[' + _json(value) + b']', 'jsonb')}"
    text = "false"
    if isinstance(value, str):
        text = f"strpos({_text(found)}, {written.bind(value, 'text')}) > 0"
    return (
        f"(CASE jsonb_typeof({found}) WHEN 'array' THEN {among} WHEN 'string' THEN {text}"
        " ELSE false END)"
    )


def _ordered(match: Match, found: str, values: Sequence[Scalar], written: Written) -> str:
    kind = "text" if isinstance(values[0], str) else "numeric"
    plain = f'{_text(found)} COLLATE "C"' if kind == "text" else f"{_text(found)}::numeric"
    bounds = [written.bind(value, kind) for value in values]
    if match is Match.BETWEEN:
        test = f"{plain} >= {bounds[0]} AND {plain} <= {bounds[1]}"
    else:
        test = f"{plain} {SIGNS[Op(match.value)]} {bounds[0]}"
    return _of("string" if kind == "text" else "number", found, test)


def _of(kind: str, found: str, test: str) -> str:
    """Ask only of what has the type: a cast of anything else would be an error."""
    return f"(CASE WHEN jsonb_typeof({found}) = '{kind}' THEN {test} ELSE false END)"


def _text(found: str) -> str:
    return f"({found} #>> '{{}}')"


def _json(value: Scalar) -> bytes:
    return (format(value, "f") if isinstance(value, Decimal) else json.dumps(value)).encode()

"""Shapes of JSON values: each finds what does not fit it, and prints itself as JSON Schema.

One description gives both, so that what the published schema refuses the check refuses too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from services.scoring.domain.programmes.fault import DocumentFault, step

#: The largest whole number that every JSON reader, float64 and bigint keep exactly.
MOST: Final = 2**53 - 1


class Shape(Protocol):
    """A set of JSON values."""

    def faults(self, value: object, at: str) -> Iterator[DocumentFault]:
        """Tell lazily what of a value does not fit; `at` is its pointer."""
        ...

    def schema(self) -> dict[str, Any]:
        """Give the same as JSON Schema (draft 2020-12)."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """A string of 1 to `most` characters, of a form where one is asked for."""

    most: int
    form: str | None = None
    advice: str = ""

    def faults(self, value: object, at: str) -> Iterator[DocumentFault]:
        """Tell what is wrong with it."""
        if not isinstance(value, str):
            yield DocumentFault(at, "wrong_type", f"Write a text here. {self.advice}".strip())
        elif not 1 <= len(value) <= self.most:
            code = "too_long" if value else "too_short"
            yield DocumentFault(at, code, f"Write 1 to {self.most} characters.")
        elif self.form is not None and re.fullmatch(self.form, value, re.ASCII) is None:
            yield DocumentFault(at, "wrong_form", self.advice or "Write it in the form asked for.")

    def schema(self) -> dict[str, Any]:
        """Give it as JSON Schema."""
        form = {} if self.form is None else {"pattern": f"^(?:{self.form})$"}
        return {"type": "string", "minLength": 1, "maxLength": self.most} | form


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `least` to `most`."""

    least: int = 1
    most: int = MOST

    def faults(self, value: object, at: str) -> Iterator[DocumentFault]:
        """Tell what is wrong with it."""
        if type(value) is not int:
            yield DocumentFault(at, "wrong_type", "Write a whole number.")
        elif not self.least <= value <= self.most:
            words = f"Write a whole number from {self.least} to {self.most}."
            yield DocumentFault(at, "out_of_range", words)

    def schema(self) -> dict[str, Any]:
        """Give it as JSON Schema."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Share:
    """A number above 0 and at most 1."""

    def faults(self, value: object, at: str) -> Iterator[DocumentFault]:
        """Tell what is wrong with it."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield DocumentFault(at, "wrong_type", "Write a share as a number, such as 0.2.")
        elif not 0 < value <= 1:  # false for NaN too
            yield DocumentFault(at, "out_of_range", "Write a share above 0 and at most 1.")

    def schema(self) -> dict[str, Any]:
        """Give it as JSON Schema."""
        return {"type": "number", "exclusiveMinimum": 0, "maximum": 1}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    def faults(self, value: object, at: str) -> Iterator[DocumentFault]:
        """Tell what is wrong with it."""
        if not isinstance(value, str) or value not in self.words:
            yield DocumentFault(at, "not_allowed", f"Write one of: {', '.join(self.words)}.")

    def schema(self) -> dict[str, Any]:
        """Give it as JSON Schema."""
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Open:
    """An object or a list whose inside another check knows."""

    kind: str
    about: str

    def faults(self, value: object, at: str) -> Iterator[DocumentFault]:
        """Tell what is wrong with it."""
        if not isinstance(value, dict if self.kind == "object" else list):
            yield DocumentFault(at, "wrong_type", f"Write {_A[self.kind]}: {self.about}.")

    def schema(self) -> dict[str, Any]:
        """Give it as JSON Schema."""
        return {"type": self.kind, "description": self.about}


_A: Final = {"object": "an object", "array": "a list"}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of `least` to `most` items; one that is too long is not looked into."""

    item: Shape
    least: int
    most: int

    def faults(self, value: object, at: str) -> Iterator[DocumentFault]:
        """Tell what is wrong with it."""
        if not isinstance(value, list):
            yield DocumentFault(at, "wrong_type", "Write a list.")
        elif not self.least <= len(value) <= self.most:
            code = "too_few" if len(value) < self.least else "too_many"
            yield DocumentFault(at, code, f"List {self.least} to {self.most} items.")
        else:
            for place, item in enumerate(value):
                yield from self.item.faults(item, step(at, place))

    def schema(self) -> dict[str, Any]:
        """Give it as JSON Schema."""
        limits = {"minItems": self.least, "maxItems": self.most}
        return {"type": "array", "items": self.item.schema()} | limits


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object of 1 to `most` names of a form, each with a value of one shape."""

    names: Text
    item: Shape
    most: int

    def faults(self, value: object, at: str) -> Iterator[DocumentFault]:
        """Tell what is wrong with it; a name of another form is not repeated."""
        if not isinstance(value, dict):
            yield DocumentFault(at, "wrong_type", "Write an object.")
        elif not 1 <= len(value) <= self.most:
            code = "too_many" if value else "too_few"
            yield DocumentFault(at, code, f"Give 1 to {self.most} members.")
        else:
            for name, item in value.items():
                wrong = list(self.names.faults(name, at))
                yield from wrong or self.item.faults(item, step(at, name))

    def schema(self) -> dict[str, Any]:
        """Give it as JSON Schema."""
        limits = {"minProperties": 1, "maxProperties": self.most}
        names = {"propertyNames": self.names.schema()}
        return {"type": "object", "additionalProperties": self.item.schema()} | names | limits


@dataclass(frozen=True, slots=True)
class Members:
    """An object of known members; others are refused without repeating their names."""

    required: Mapping[str, Shape] = field(default_factory=dict)
    optional: Mapping[str, Shape] = field(default_factory=dict)
    least: int = 0

    def faults(self, value: object, at: str) -> Iterator[DocumentFault]:
        """Tell what is wrong with it."""
        if not isinstance(value, dict):
            yield DocumentFault(at, "wrong_type", "Write an object.")
            return
        known = {**self.required, **self.optional}
        if any(name not in known for name in value):
            words = f"A member here is not known; known are: {', '.join(known)}."
            yield DocumentFault(at, "unknown_field", words)
        if len(value) < self.least:
            words = f"Give at least {self.least} of: {', '.join(known)}."
            yield DocumentFault(at, "missing", words)
        for name, shape in known.items():
            if name in value:
                yield from shape.faults(value[name], step(at, name))
            elif name in self.required:
                yield DocumentFault(step(at, name), "missing", "This member is required.")

    def schema(self) -> dict[str, Any]:
        """Give it as JSON Schema."""
        known = {**self.required, **self.optional}
        made: dict[str, Any] = {
            "type": "object",
            "properties": {name: shape.schema() for name, shape in known.items()},
            "additionalProperties": False,
        }
        if self.required:
            made["required"] = list(self.required)
        return made | ({"minProperties": self.least} if self.least else {})


@dataclass(frozen=True, slots=True)
class OneOf:
    """An object whose member `tag` says which of several shapes it has."""

    tag: str
    shapes: Mapping[str, Members]

    def faults(self, value: object, at: str) -> Iterator[DocumentFault]:
        """Tell what is wrong with it."""
        if not isinstance(value, dict):
            yield DocumentFault(at, "wrong_type", "Write an object.")
            return
        if self.tag not in value:
            yield DocumentFault(step(at, self.tag), "missing", "This member is required.")
            return
        said = value[self.tag]
        wrong = list(Choice(tuple(self.shapes)).faults(said, step(at, self.tag)))
        yield from wrong or self.shapes[said].faults(value, at)

    def schema(self) -> dict[str, Any]:
        """Give it as JSON Schema."""
        return {"oneOf": [shape.schema() for shape in self.shapes.values()]}


@dataclass(frozen=True, slots=True)
class Either:
    """A value of the shape that fits its JSON type: a text or a whole number."""

    text: Text
    number: Whole

    def faults(self, value: object, at: str) -> Iterator[DocumentFault]:
        """Tell what is wrong with it."""
        if not isinstance(value, str) and type(value) is not int:
            yield DocumentFault(at, "wrong_type", f"Write a whole number. {self.text.advice}")
        else:
            shape = self.text if isinstance(value, str) else self.number
            yield from shape.faults(value, at)

    def schema(self) -> dict[str, Any]:
        """Give it as JSON Schema."""
        return {"anyOf": [self.number.schema(), self.text.schema()]}

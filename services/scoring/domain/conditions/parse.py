"""Read a condition from JSON: every mistake gets its path and a sentence, nothing raises."""

from __future__ import annotations

from typing import Final

from services.scoring.domain.conditions.fields import Fields, Notes, fields_of
from services.scoring.domain.conditions.leaves import LEAVES
from services.scoring.domain.conditions.measures import Shop
from services.scoring.domain.conditions.tree import All, AnyOf, Condition, Not
from services.scoring.domain.conditions.vocabulary import MOST_DEEP, MOST_LISTED, MOST_NODES
from services.scoring.domain.programmes.fault import DocumentFault

_KINDS: Final = ("all", "any", "not", *LEAVES)


class BadCondition(ValueError):
    """A condition breaks a rule; `faults` say which and where."""

    def __init__(self, faults: list[DocumentFault]) -> None:
        """Take what is wrong."""
        super().__init__("; ".join(f"{fault.pointer}: {fault.message}" for fault in faults))
        self.faults = faults


def parse_condition(tree: object, *, exponent: int = 2) -> Condition:
    """Read a condition; `exponent`: the decimals of the shop's money. Raises BadCondition."""
    found, faults = _read(tree, exponent)
    if found is None:
        raise BadCondition(faults)
    return found


def faults_of_condition(tree: object, *, exponent: int = 2) -> list[DocumentFault]:
    """Say what is wrong with a condition; an empty list where nothing is. Never raises."""
    return _read(tree, exponent)[1]


def _read(tree: object, exponent: int) -> tuple[Condition | None, list[DocumentFault]]:
    reader = _Reader(Shop(exponent))
    found = reader.node(tree, "", 1)
    return (None, reader.notes.faults) if reader.notes.faults else (found, [])


class _Reader:
    """Reads one tree; counts its nodes."""

    __slots__ = ("_nodes", "_shop", "notes")

    def __init__(self, shop: Shop) -> None:
        self.notes = Notes()
        self._shop = shop
        self._nodes = 0

    def node(self, value: object, pointer: str, depth: int) -> Condition | None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            if self._nodes == MOST_NODES + 1:
                self.notes.add(pointer, "too_many", f"may have at most {MOST_NODES} nodes")
            return None
        if depth > MOST_DEEP:
            self.notes.add(pointer, "too_deep", f"may be nested at most {MOST_DEEP} deep")
            return None
        fields = fields_of(self.notes, value, pointer, _KINDS)
        if fields is None:
            return None
        if len(fields.members) != 1:
            self.notes.add(pointer, "one_kind", f"needs exactly one of {', '.join(_KINDS)}")
            return None
        return self._kind(fields, depth)

    def _kind(self, fields: Fields, depth: int) -> Condition | None:
        ((kind, value),) = fields.members.items()
        inner = f"{fields.pointer}/{kind}"
        match kind:
            case "all":
                items = self._items(value, inner, depth)
                return None if items is None else All(items)
            case "any":
                items = self._items(value, inner, depth)
                return None if items is None else AnyOf(items)
            case "not":
                item = self.node(value, inner, depth + 1)
                return None if item is None else Not(item)
            case _:
                return LEAVES[kind](self.notes, value, inner, self._shop)

    def _items(self, value: object, pointer: str, depth: int) -> tuple[Condition, ...] | None:
        if not isinstance(value, list):
            self.notes.add(pointer, "wrong_type", "must be a list of conditions")
            return None
        if not 1 <= len(value) <= MOST_LISTED:
            self.notes.add(pointer, "too_many", f"must list 1 to {MOST_NODES - 1} conditions")
            return None
        read = [self.node(item, f"{pointer}/{i}", depth + 1) for i, item in enumerate(value)]
        items = tuple(item for item in read if item is not None)
        return items if len(items) == len(read) else None

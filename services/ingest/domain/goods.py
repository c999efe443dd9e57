"""What is known of goods, copied to the lines that do not say it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from services.ingest.domain.records import Record, Return, ReturnLine, Sale, SaleLine

#: The largest amount kept exactly; a cost beyond it stays unknown.
MAX_COST = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Goods:
    """What a line may lack: `cost` of one piece in minor units of the base currency."""

    category: str | None
    cost: int | None


Line = TypeVar("Line", SaleLine, ReturnLine)


def incomplete_skus(records: Iterable[Record]) -> set[str]:
    """Return the goods of lines that lack a category or a cost; a cost of 0 is none."""
    return {
        line.sku
        for record in records
        if isinstance(record, Sale | Return)
        for line in record.lines or ()
        if line.category is None or not line.cost
    }


def completed(record: Record, goods: Mapping[str, Goods | None]) -> Record:
    """Return a record whose lines have the category and the cost of their goods."""
    if isinstance(record, Sale):
        return replace(record, lines=tuple(_line(line, goods) for line in record.lines))
    if isinstance(record, Return) and record.lines is not None:
        return replace(record, lines=tuple(_line(line, goods) for line in record.lines))
    return record


def _line(line: Line, goods: Mapping[str, Goods | None]) -> Line:
    known = goods.get(line.sku)
    if known is None or (line.category is not None and line.cost):
        return line
    changes: dict[str, Any] = {
        "category": line.category if line.category is not None else known.category,
        "cost": line.cost or cost_of(known, line.quantity_milli),
    }
    return replace(line, **changes)


def cost_of(goods: Goods, quantity_milli: int) -> int:
    """Return what a quantity cost the shop, rounded half to even; 0 when that is not known."""
    whole, rest = divmod((goods.cost or 0) * quantity_milli, 1000)
    cost = whole + (rest > 500 or (rest == 500 and whole % 2 == 1))
    return cost if cost <= MAX_COST else 0

"""Files of three-line receipts from the demo shop's generator, a quarter of them anonymous."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from deploy.demo.catalogue import ARTICLES, STORES
from deploy.demo.columns import ANONYMOUS, Kind, Receipts
from deploy.demo.planted import customer_id
from deploy.demo.shop import columns
from deploy.demo.spec import ShopSpec

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
HEADER = "order_id,customer_id,occurred_at,store_id,sku,category,quantity,amount,discount,cost\n"
#: The currency is the generator's; the instants are local time of its stores.
MAPPING: dict[str, Any] = {"constants": {"currency": "CNY"}, "time_zone": "Asia/Shanghai"}
LINES_EACH = 3
ANONYMOUS_EACH = 4


def write_lines(path: Path, spec: ShopSpec, lines: int) -> int:
    """Write so many lines, or as many as the shop has, in the order of time; gives their number."""
    written = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for number, receipt in enumerate(_receipts(spec)):
            if written >= lines:
                break
            file.write(_text(number, *receipt))
            written += LINES_EACH
    return written


def _receipts(spec: ShopSpec) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield who, when, where and the first three lines of every sale of three lines or more."""
    for receipts in columns(spec):
        heads, starts = receipts.heads, receipts.line_start
        is_wanted = (heads.kind == Kind.SALE) & (heads.customer != ANONYMOUS)
        rows = np.flatnonzero(is_wanted & (np.diff(starts) >= LINES_EACH))
        for row in rows.tolist():
            start = int(starts[row])
            at = np.datetime64(int(heads.day[row]) * 86_400 + int(heads.second[row]), "s")
            yield (
                customer_id(spec, int(heads.customer[row]) + 1),
                str(at),
                STORES[int(heads.store[row])].store_id,
                [_line(receipts, place) for place in range(start, start + LINES_EACH)],
            )


def _line(receipts: Receipts, place: int) -> str:
    lines = receipts.lines
    article = ARTICLES[int(lines.sku[place])]
    quantity = int(lines.quantity_milli[place]) / 1000
    money = ",".join(
        f"{int(values[place]) / 100:.2f}" for values in (lines.net, lines.discount, lines.cost)
    )
    return f"{article.sku},{article.category},{quantity:.3f},{money}\n"


def _text(number: int, customer: str, at: str, store: str, lines: list[str]) -> str:
    who = "" if number % ANONYMOUS_EACH == 0 else customer
    head = f"R{number},{who},{at},{store},"
    return "".join(head + line for line in lines)

"""Gives the receipts of a day their natural keys, in the order they pass each till."""

from dataclasses import replace

import numpy as np

from deploy.demo.catalogue import TILLS
from deploy.demo.columns import Heads, Receipts, concat
from deploy.demo.season import Ints


def ring_up(
    sales: Receipts, voids: Receipts, voided: Ints, returns: list[Receipts]
) -> tuple[Receipts, Ints]:
    """Assign the day's numbers and link each void to its sale, which is `sales[voided]`.

    The answer is the receipts in order of time, and where each sale went among them.
    """
    day = concat([sales, voids, *returns])
    sequence = _sequence(day.heads)
    link = day.heads.link_sequence.copy()
    link[len(sales) : len(sales) + len(voids)] = sequence[voided]
    numbered = replace(day, heads=replace(day.heads, sequence=sequence, link_sequence=link))
    order = np.argsort(day.heads.second, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    return numbered.take(order), place[: len(sales)]


def _sequence(heads: Heads) -> Ints:
    till = heads.store * TILLS + heads.till
    order = np.lexsort((heads.second, till))
    ordered = till[order]
    is_first = np.concatenate([[True], ordered[1:] != ordered[:-1]])[: order.size]
    first = np.flatnonzero(is_first)
    counts = np.diff(np.append(first, order.size))
    sequence = np.empty(order.size, dtype=np.int64)
    sequence[order] = np.arange(order.size) - np.repeat(first, counts) + 1
    return sequence

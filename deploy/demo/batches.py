"""Cuts the stream of deliveries into the batches a shop would post."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from deploy.demo.delivery import Delivery, Stream
from deploy.demo.names import Body

BATCH_SIZE = 1000


@dataclass(frozen=True, slots=True)
class Batch:
    """Items of one stream in delivery order; `until` is when the last of them was delivered."""

    stream: Stream
    items: tuple[Body, ...]
    until: int


def batches(deliveries: Iterable[Delivery], size: int = BATCH_SIZE) -> Iterator[Batch]:
    """Cut each stream into batches, given out as they fill up; the rest comes last."""
    open_items: dict[Stream, list[Body]] = {stream: [] for stream in Stream}
    until = 0
    for delivery in deliveries:
        until = delivery.at
        items = open_items[delivery.stream]
        items.append(delivery.body)
        if len(items) == size:
            yield Batch(delivery.stream, tuple(items), until)
            items.clear()
    for stream, items in open_items.items():
        if items:
            yield Batch(stream, tuple(items), until)

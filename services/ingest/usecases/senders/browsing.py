"""What a publishable key may post: browsing, by a visitor whom only a server can name."""

from collections.abc import Callable
from dataclasses import replace

from services.ingest.domain.arrival import Arrival, ItemRefused
from services.ingest.domain.senders.web_behaviour import BROWSING, VISITOR_KINDS
from services.ingest.usecases.read_items import Reading

Reader = Callable[[int, object, Reading], Arrival]


def from_page(read: Reader, type_in: Callable[[object], str | None]) -> Reader:
    """Let a reader take browsing alone, and of whom it names only the visitor.

    `type_in`: the type of an item as far as it can be told without reading it.
    """

    def read_from_page(index: int, item: object, reading: Reading) -> Arrival:
        kind = type_in(item)
        if kind is not None and kind not in BROWSING:
            raise _refused()
        arrival = read(index, item, reading)
        if arrival.kind not in BROWSING:
            raise _refused()
        return _of_visitor(arrival)

    read_from_page.__name__ = f"{read.__name__}_from_page"
    return read_from_page


def _refused() -> ItemRefused:
    return ItemRefused(
        "not_allowed_for_publishable_key", "a publishable key may post browsing events only"
    )


def _of_visitor(arrival: Arrival) -> Arrival:
    pairs = zip(arrival.claims, arrival.values, strict=True)
    own = [(claim, value) for claim, value in pairs if claim.kind in VISITOR_KINDS]
    return replace(
        arrival, claims=tuple(claim for claim, _ in own), values=tuple(value for _, value in own)
    )

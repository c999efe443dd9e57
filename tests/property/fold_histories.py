"""Random histories of one customer, small enough to shrink and nasty enough to find bugs."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

from hypothesis import strategies as st

from services.ingest.domain.records import (
    Activity,
    EventKey,
    Occasion,
    OrderKey,
    Record,
    Return,
    ReturnLine,
    Sale,
    SaleLine,
    Void,
)

CUSTOMER = UUID(int=7)
START = datetime(2026, 1, 1, tzinfo=UTC)
SKUS = ("tea", "cup", "hat")
#: Orders that returns and voids may name; the last one is never sold.
MAX_SALES = 4


def event_key(number: int) -> EventKey:
    # the first byte varies: anonymous figures are spread over slots by it
    return EventKey(bytes([number * 37 % 256]) + number.to_bytes(15, "big"))


def order_key(number: int) -> OrderKey:
    return OrderKey(b"order" + number.to_bytes(11, "big"))


def alias_key(number: int) -> OrderKey:
    return OrderKey(b"alias" + number.to_bytes(11, "big"))


@dataclass(frozen=True, slots=True)
class Kind:
    """What a history may hold."""

    is_anonymous: bool = False
    has_unlinked: bool = True


@cache  # a strategy is slow to build and quick to draw from
def occasions(number: int, kind: Kind) -> st.SearchStrategy[Occasion]:
    def build(hour: int, channel: str, skew: int) -> Occasion:
        at = START + timedelta(hours=hour)
        return Occasion(
            CUSTOMER,
            event_key(number),
            "s-1",
            channel,
            at.date(),
            at + timedelta(minutes=skew),
            at,
            is_anonymous=kind.is_anonymous,
        )

    hours = st.integers(0, 24 * 4)
    return st.builds(build, hours, st.sampled_from(("store", "web")), st.sampled_from((0, 0, 30)))


@cache
def sales(number: int, kind: Kind) -> st.SearchStrategy[Sale]:
    line = st.builds(
        SaleLine,
        st.just(0),
        st.sampled_from(SKUS),
        st.sampled_from((None, "drinks", "things")),
        st.integers(1, 5),
        st.integers(0, 9),
        st.integers(0, 100),
        st.integers(0, 50),
    )

    def build(occasion: Occasion, lines: list[SaleLine], slot: int) -> Sale:
        numbered = tuple(
            SaleLine(n, x.sku, x.category, x.quantity_milli, x.discount, x.net, x.cost)
            for n, x in enumerate(lines, 1)
        )
        return Sale(occasion, number, (order_key(number), alias_key(number)), numbered, slot)

    return st.builds(
        build, occasions(number, kind), st.lists(line, min_size=1, max_size=3), st.integers(0, 167)
    )


@cache
def retold(number: int, kind: Kind) -> st.SearchStrategy[Sale]:
    """A sale as another route tells it: corrected or not, by the authority or not."""
    own = OrderKey(b"route" + number.to_bytes(11, "big"))
    shared = st.lists(_links(), min_size=1, max_size=2, unique=True)
    keys = shared.flatmap(lambda names: st.permutations([own, *names]).map(tuple))
    flags = st.tuples(st.booleans(), st.booleans())

    def build(sale: Sale, keys: tuple[OrderKey, ...], is_a: tuple[bool, bool]) -> Sale:
        return replace(sale, order_keys=keys, is_valued=is_a[0], is_correction=is_a[1])

    return st.builds(build, sales(number, kind), keys, flags)


@cache
def returns(number: int, kind: Kind) -> st.SearchStrategy[Return]:
    line = st.builds(
        ReturnLine,
        st.integers(1, 4),
        st.sampled_from(SKUS),
        st.sampled_from((None, "drinks")),
        st.integers(1, 6),
        st.integers(0, 120),
        st.integers(0, 50),
    )
    lines = st.lists(line, min_size=1, max_size=3).map(tuple)
    linked = st.builds(Return, occasions(number, kind), _links(), st.none() | lines)
    if not kind.has_unlinked:
        return linked
    return linked | st.builds(Return, occasions(number, kind), st.none(), lines)


@cache
def _links() -> st.SearchStrategy[OrderKey]:
    number = st.integers(0, MAX_SALES)
    return number.map(order_key) | number.map(alias_key)


@cache
def voids(number: int, kind: Kind) -> st.SearchStrategy[Void]:
    return st.builds(Void, occasions(number, kind), _links())


@cache
def activities(number: int, kind: Kind) -> st.SearchStrategy[Activity]:
    counts = st.sampled_from(((), (("views", 1),), (("feedback", 1), ("complaints", 1))))
    return st.builds(Activity, occasions(number, kind), counts)


@st.composite
def histories(draw: st.DrawFn, kind: Kind = Kind()) -> list[Record]:
    """Sales, the same told again, and whatever may undo them, in the order of their numbers."""
    sold, again = draw(st.tuples(st.integers(0, MAX_SALES), st.integers(0, 3)))
    undone, void, active = draw(st.tuples(st.integers(0, 6), st.integers(0, 2), st.integers(0, 2)))
    records: list[Record] = [draw(sales(number, kind)) for number in range(sold)]
    records += [draw(retold(number, kind)) for number in range(10, 10 + again)]
    records += [draw(returns(number, kind)) for number in range(100, 100 + undone)]
    records += [draw(voids(number, kind)) for number in range(200, 200 + void)]
    records += [draw(activities(number, kind)) for number in range(300, 300 + active)]
    return records

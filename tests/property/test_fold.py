"""Facts are a function of the SET of records, they add up, and a naive oracle agrees."""

from collections import Counter, defaultdict
from dataclasses import replace
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.facts import Counts, Facts, FactsChange, RowChange, change
from services.ingest.domain.fold import fold
from services.ingest.domain.orders import books_of, groups_of, orders_of
from services.ingest.domain.records import Record, Return, Sale, Void
from services.ingest.domain.settle import Finding, Settlement, Undone, settle
from tests.property.fold_histories import Kind, event_key, histories, occasions, order_key, sales
from tests.property.fold_oracle import nets_of

ANYONE = st.sampled_from((Kind(), Kind(is_anonymous=True)))


def apply(facts: Facts, changed: FactsChange) -> Facts:
    """What the database does with a change: rows replaced, sums added, the rest deleted."""
    return Facts(
        orders=_put(facts.orders, changed.orders),
        lines=_put(facts.lines, changed.lines),
        entries=_put(facts.entries, changed.entries),
        findings=_put(facts.findings, changed.findings),
        days=_add(facts.days, changed.days),
        categories=_add(facts.categories, changed.categories),
        skus=_add(facts.skus, changed.skus),
        habits=_gone(
            {k: facts.habits.get(k, 0) for k in changed.habits.written}
            | facts.habits
            | {k: facts.habits.get(k, 0) + v for k, v in changed.habits.written.items()},
            changed.habits,
        ),
        shop_days=_add(facts.shop_days, changed.shop_days),
        memberships=_put(facts.memberships, changed.memberships),
    )


def _gone(rows: dict[Any, Any], changed: RowChange[Any, Any]) -> dict[Any, Any]:
    return {key: row for key, row in rows.items() if key not in changed.removed}


def _put(rows: dict[Any, Any], changed: RowChange[Any, Any]) -> dict[Any, Any]:
    return _gone(rows | changed.written | changed.added, changed)


def _add(rows: dict[Any, Counts], changed: RowChange[Any, Counts]) -> dict[Any, Counts]:
    total = {key: dict(row) for key, row in rows.items()}
    for key, more in changed.written.items():
        row = total.setdefault(key, {})
        for name, value in more.items():
            row[name] = row.get(name, 0) + value
    return _gone(total, changed)


def stored(facts: Facts) -> Facts:
    """Facts as the tables hold them: a counter that is not named is zero.

    A shop's row of zeros says as little as none: many share it, so nobody deletes it.
    """

    def filled(rows: dict[Any, Counts]) -> dict[Any, Counts]:
        return {key: {n: v for n, v in row.items() if v} for key, row in rows.items()}

    return replace(
        facts,
        days=filled(facts.days),
        categories=filled(facts.categories),
        skus=filled(facts.skus),
        shop_days={place: row for place, row in filled(facts.shop_days).items() if row},
    )


def undone_of(records: list[Record]) -> tuple[Undone, ...]:
    return _settled(records).undone


def _settled(records: list[Record]) -> Settlement:
    return settle(
        [order.sale for order in orders_of(r for r in records if isinstance(r, Sale))],
        [r for r in records if isinstance(r, Return)],
        [r for r in records if isinstance(r, Void)],
    )


@given(st.data())
def test_any_order_of_the_records_gives_the_same_facts(data: st.DataObject) -> None:
    records = data.draw(histories(data.draw(ANYONE)))
    assert fold(data.draw(st.permutations(records))) == fold(records)


@given(st.data())
def test_any_order_gives_the_same_settlement(data: st.DataObject) -> None:
    records = data.draw(histories())
    assert _settled(data.draw(st.permutations(records))) == _settled(records)


@given(st.data())
def test_facts_of_a_part_plus_the_change_are_the_facts_of_all(data: st.DataObject) -> None:
    """Whatever arrives first, the tables end with the same rows: for customers and for shops."""
    records = data.draw(st.permutations(data.draw(histories(data.draw(ANYONE)))))
    part = fold(records[: data.draw(st.integers(0, len(records)))])
    whole = fold(records)
    assert stored(apply(part, change(part, whole))) == stored(whole)


@given(histories(Kind(has_unlinked=False)), histories(Kind(has_unlinked=False)))
def test_records_of_different_orders_only_add(ours: list[Record], theirs: list[Record]) -> None:
    """What accept does for records that nothing else touches: no look at what was before."""
    theirs = [_renumbered(record) for record in theirs]
    apart = apply(fold(ours), change(Facts(), fold(theirs)))
    assert stored(apart) == stored(fold([*ours, *theirs]))


def _renumbered(record: Record) -> Record:
    key = event_key(1000 + int.from_bytes(record.occasion.event_key[1:], "big"))
    moved: Record = replace(record, occasion=replace(record.occasion, event_key=key))
    match moved:
        case Sale():
            keys = tuple(type(k)(b"other" + k) for k in moved.order_keys)
            return replace(moved, order_keys=keys)
        case Return(link=bytes() as link) | Void(link=link):
            return replace(moved, link=type(link)(b"other" + link))
        case _:
            return moved


@given(histories())
def test_net_of_every_day_is_what_a_naive_count_of_goods_says(records: list[Record]) -> None:
    days, nets = fold(records).days, nets_of(records)
    for day in days.keys() | nets.booked.keys() | nets.qualifying.keys():
        row = days.get(day, {})
        assert row.get("net_booked", 0) == nets.booked[day]
        assert row.get("net_qualifying", 0) == nets.qualifying[day]


@given(histories(Kind(is_anonymous=True)))
def test_shop_figures_are_the_same_count_without_a_customer(records: list[Record]) -> None:
    facts, booked = fold(records), Counter[Any]()
    for (_, day, _), row in facts.shop_days.items():
        booked[day] += row.get("net_booked", 0)
    assert +booked == +nets_of(records).booked
    assert -booked == -nets_of(records).booked
    assert not facts.days
    assert not facts.entries
    assert not facts.skus


@given(st.data())
def test_a_full_linked_return_equals_never_bought(data: st.DataObject) -> None:
    others = [r for r in data.draw(histories()) if not _names(r, 0)]
    bought = data.draw(sales(0, Kind()))
    occasion = data.draw(occasions(999, Kind()))
    facts = fold([*others, bought, Return(occasion, bought.order_key, None)])
    assert _sums(facts, "net_qualifying") == _sums(fold(others), "net_qualifying")
    assert sum(_sums(facts, "net_booked").values()) == sum(
        _sums(fold(others), "net_booked").values()
    )
    reversing = [e for e in facts.entries.values() if e.reverses == bought.order_key]
    assert [(e.orders, e.spend) for e in reversing] == [(-1, -facts.orders[bought.order_key].net)]


def _names(record: Record, number: int) -> bool:
    """Tell whether a record is that sale, undoes it, or could be matched to it."""
    key = order_key(number)
    if isinstance(record, Sale):
        return any(name[5:] == key[5:] for name in record.order_keys)
    if isinstance(record, Return) and record.link is None:
        return True
    link = getattr(record, "link", None)
    return link is not None and link[5:] == key[5:]


def _sums(facts: Facts, name: str) -> dict[Any, int]:
    return {day: row[name] for day, row in facts.days.items() if row.get(name)}


@given(histories())
def test_parts_of_a_line_add_up_to_the_line(records: list[Record]) -> None:
    parts: dict[Any, list[Undone]] = defaultdict(list)
    for undone in undone_of(records):
        parts[undone.sale.order_key, undone.line.line].append(undone)
    for shares in parts.values():
        line, quantity = shares[0].line, sum(part.quantity_milli for part in shares)
        assert quantity <= line.quantity_milli
        assert sum(part.refund for part in shares) <= line.net
        value = sum(part.value for part in shares)
        assert value == line.net if quantity == line.quantity_milli else value <= line.net


@given(histories())
def test_each_order_is_completed_at_most_once(records: list[Record]) -> None:
    completed = Counter(u.sale.order_key for u in undone_of(records) if u.completes_order)
    assert all(times == 1 for times in completed.values())
    facts = fold(records)
    for key, row in facts.orders.items():
        assert completed[key] == (row.returned_quantity_milli == row.quantity_milli)


@given(histories())
def test_what_has_no_effect_is_listed(records: list[Record]) -> None:
    settlement = _settled(records)
    effective = {undone.returned.occasion.event_key for undone in settlement.undone}
    listed = {key for key, _ in settlement.findings}
    for returned in (r for r in records if isinstance(r, Return) and r.lines is not None):
        key = returned.occasion.event_key
        taken = sum(
            u.quantity_milli for u in settlement.undone if u.returned.occasion.event_key == key
        )
        asked = sum(line.quantity_milli for line in returned.lines or ())
        assert (key in listed) == (taken < asked)
        assert (key in effective) == (taken > 0)


@given(histories())
def test_orphans_have_no_effect_until_their_sale_is_there(records: list[Record]) -> None:
    settlement = _settled(records)
    orphans = {key for key, finding in settlement.findings if finding is Finding.ORPHAN}
    known = [r for r in records if r.occasion.event_key not in orphans]
    facts = fold(records)
    listed = {key for key, finding in facts.findings if finding == Finding.ORPHAN}
    assert listed == orphans
    heard = {place: row for place, row in facts.findings.items() if place[0] not in orphans}
    assert fold(known) == replace(facts, findings=heard)


@given(st.data())
def test_entries_add_up_to_what_is_left_of_each_order(data: st.DataObject) -> None:
    facts = fold(data.draw(histories(Kind(has_unlinked=False))))
    spent: Counter[Any] = Counter()
    for entry in facts.entries.values():
        spent[entry.reverses or entry.entry_id] += entry.spend
    left = {k: row.net - row.returned_net for k, row in facts.orders.items() if not row.is_void}
    assert +spent == +Counter(left)


@given(st.data())
def test_books_hold_every_record_once_and_an_order_whole(data: st.DataObject) -> None:
    """Records of three customers, some of whose orders are told by several of them."""
    people = st.sampled_from([UUID(int=n) for n in (1, 2, 3)])
    records = [_owned(record, data.draw(people)) for record in data.draw(histories())]
    books = books_of(data.draw(st.permutations(records)), lambda profile_id: profile_id)
    kept = [r.occasion.event_key for mine in books.values() for r in mine]
    sales = [r for r in records if isinstance(r, Sale)]
    worthless = [s for g in groups_of(sales) if not any(s.is_valued for s in g) for s in g]
    assert sorted([*kept, *(s.occasion.event_key for s in worthless)]) == sorted(
        record.occasion.event_key for record in records
    )
    assert sum(len(fold(mine).orders) for mine in books.values()) == len(fold(records).orders)
    for owner, mine in books.items():
        orders = orders_of(record for record in mine if isinstance(record, Sale))
        assert {order.sale.occasion.profile_id for order in orders} <= {owner}


def _owned(record: Record, owner: UUID) -> Record:
    moved: Record = replace(record, occasion=replace(record.occasion, profile_id=owner))
    return moved

"""Which sale each return undoes, and by how much: a function of the SET of sales and returns.

Arrival order never matters: voids first, then linked returns by (occurred_at, key) until the sold
quantity is used up, then unlinked returns by (occurred_at, key), each against the customer's
latest earlier lines of the SKU. What finds no quantity left has no effect and is listed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from services.ingest.domain.records import (
    EventKey,
    OrderKey,
    Return,
    ReturnLine,
    Sale,
    SaleLine,
    Void,
)


class Finding(StrEnum):
    """Why a return, or a part of it, had no effect."""

    ORPHAN = "orphan"
    OVER_RETURN = "over_return"
    UNMATCHED = "unmatched_return"


@dataclass(frozen=True, slots=True)
class Undone:
    """The part of one sale line that one return line takes back.

    `value`, `cost`: share of the line's net and cost, for qualification. `refund`: what the shop
    gave back, for the books; zero for an unlinked return, which is booked in full by itself.
    """

    returned: Return
    sale: Sale
    line: SaleLine
    quantity_milli: int
    value: int
    cost: int
    refund: int
    completes_order: bool


@dataclass(frozen=True, slots=True)
class Settlement:
    """Every effect of every return, in order of effect, and what had none."""

    undone: tuple[Undone, ...]
    void: frozenset[OrderKey]
    findings: tuple[tuple[EventKey, Finding], ...]


NOTHING = Settlement((), frozenset(), ())


@dataclass(slots=True)
class _OpenLine:
    """A sale line while returns are being taken off it."""

    sale: Sale
    line: SaleLine
    taken_milli: int = 0
    refunded: int = 0

    @property
    def left_milli(self) -> int:
        return self.line.quantity_milli - self.taken_milli

    def share(self, amount: int, until_milli: int) -> int:
        """Return the part of `amount` from what is taken to `until_milli`; parts add up."""
        quantity = self.line.quantity_milli
        return amount * until_milli // quantity - amount * self.taken_milli // quantity


@dataclass(slots=True)
class _Ledger:
    """The lines still open, and what has been undone so far."""

    lines: dict[OrderKey, list[_OpenLine]]
    undone: list[Undone] = field(default_factory=list)
    findings: list[tuple[EventKey, Finding]] = field(default_factory=list)

    def take(self, returned: Return, open_line: _OpenLine, *, quantity: int, refund: int) -> None:
        """Take `quantity` of a line back; refunds of a line never exceed its net."""
        until = open_line.taken_milli + quantity
        booked = min(refund, open_line.line.net - open_line.refunded)
        value = open_line.share(open_line.line.net, until)
        cost = open_line.share(open_line.line.cost, until)
        open_line.taken_milli = until
        open_line.refunded += booked
        siblings = self.lines[open_line.sale.order_key]
        completes = all(other.left_milli == 0 for other in siblings)
        self.undone.append(
            Undone(
                returned, open_line.sale, open_line.line, quantity, value, cost, booked, completes
            )
        )

    def find(self, returned: Return, finding: Finding) -> None:
        """List a return of which something had no effect, once."""
        entry = (returned.occasion.event_key, finding)
        if entry not in self.findings:
            self.findings.append(entry)


def settle(sales: Sequence[Sale], returns: Iterable[Return], voids: Iterable[Void]) -> Settlement:
    """Match every return to what it undoes.

    The result is the same for any order of the arguments. Sales must have distinct order keys.
    """
    returns, voids = list(returns), list(voids)
    if not returns and not voids:
        return NOTHING
    by_key = {key: sale for sale in sales for key in sale.order_keys}
    void = frozenset(by_key[v.link].order_key for v in voids if v.link in by_key)
    ledger = _Ledger({s.order_key: [_OpenLine(s, line) for line in s.lines] for s in sales})
    in_order = sorted(returns, key=lambda r: (r.occasion.occurred_at, r.occasion.event_key))
    for returned in in_order:
        if returned.link is not None:
            _settle_linked(ledger, returned, sale=by_key.get(returned.link), void=void)
    unlinked = [returned for returned in in_order if returned.link is None]
    newest_first = _newest_first(ledger, void) if unlinked else {}
    for returned in unlinked:
        _settle_unlinked(ledger, returned, newest_first)
    return Settlement(tuple(ledger.undone), void, tuple(ledger.findings))


def _newest_first(ledger: _Ledger, void: frozenset[OrderKey]) -> dict[str, list[_OpenLine]]:
    """Return the lines of each SKU, latest first."""
    in_order = sorted(
        (line for key, lines in ledger.lines.items() if key not in void for line in lines),
        key=lambda o: (o.sale.occasion.effective_at, o.sale.order_key, o.line.line),
        reverse=True,
    )
    by_sku: dict[str, list[_OpenLine]] = {}
    for open_line in in_order:
        by_sku.setdefault(open_line.line.sku, []).append(open_line)
    return by_sku


def _settle_linked(
    ledger: _Ledger, returned: Return, *, sale: Sale | None, void: frozenset[OrderKey]
) -> None:
    if sale is None:
        ledger.find(returned, Finding.ORPHAN)
        return
    if sale.order_key in void:
        ledger.find(returned, Finding.OVER_RETURN)
        return
    lines = ledger.lines[sale.order_key]
    if returned.lines is None:
        for open_line in lines:
            if open_line.left_milli:
                rest = open_line.line.net - open_line.refunded
                ledger.take(returned, open_line, quantity=open_line.left_milli, refund=rest)
        return
    for line in returned.lines:
        _take_back(ledger, returned, line, lines=_named_by(line, lines), is_linked=True)


def _settle_unlinked(
    ledger: _Ledger, returned: Return, newest_first: dict[str, list[_OpenLine]]
) -> None:
    if returned.occasion.is_anonymous:  # nobody's other purchases are known to be nobody's own
        ledger.find(returned, Finding.UNMATCHED)
        return
    for line in returned.lines or ():
        earlier = (
            open_line
            for open_line in newest_first.get(line.sku, ())
            if open_line.sale.occasion.effective_at <= returned.occasion.effective_at
        )
        _take_back(ledger, returned, line, lines=earlier, is_linked=False)


def _named_by(line: ReturnLine, lines: list[_OpenLine]) -> Iterator[_OpenLine]:
    """Yield the sale lines a linked return line means: its number and SKU, then its SKU alone."""
    same_sku = [open_line for open_line in lines if open_line.line.sku == line.sku]
    yield from (open_line for open_line in same_sku if open_line.line.line == line.line)
    yield from (open_line for open_line in same_sku if open_line.line.line != line.line)


def _take_back(
    ledger: _Ledger,
    returned: Return,
    line: ReturnLine,
    *,
    lines: Iterable[_OpenLine],
    is_linked: bool,
) -> None:
    left = line.quantity_milli
    for open_line in lines:
        quantity = min(left, open_line.left_milli)
        if quantity > 0:
            done = line.quantity_milli - left
            refund = _part(line.net, done + quantity, line) - _part(line.net, done, line)
            ledger.take(returned, open_line, quantity=quantity, refund=refund if is_linked else 0)
            left -= quantity
        if left == 0:
            return
    ledger.find(returned, Finding.OVER_RETURN if is_linked else Finding.UNMATCHED)


def _part(amount: int, quantity: int, line: ReturnLine) -> int:
    return amount * quantity // line.quantity_milli

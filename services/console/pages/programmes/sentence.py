"""What a simulation says, in one sentence that is true for any figures."""

from collections.abc import Mapping
from decimal import Decimal

from services.console.pages.programmes.bars import MONEY, SHARE, Bar
from services.console.pages.programmes.documents import Document, at
from services.console.pages.programmes.outcome import Outcome
from services.console.visiting.visit import Visit

#: Shares are told in tenths of a point.
_TENTH = Decimal("0.1")


def metric_words(visit: Visit, document: Document, metric: str) -> str:
    """Name a metric: the document's own ones by their names there."""
    own = at(document, ("metrics", metric, "name"))
    if isinstance(own, Mapping):
        return visit.local(own)
    return visit.say_or(f"programmes.metric_{metric}", metric)


def height_words(visit: Visit, document: Document, metric: str, value: Decimal) -> str:
    """Write how high a bar is, as its metric is counted."""
    if metric == SHARE:
        return visit.say("programmes.best_share", share=percent(visit, float(value)))
    if metric in MONEY:
        currency = at(document, ("currency",)) or visit.house.currency or "CNY"
        return visit.formats.money(value, currency, whole=value == value.to_integral_value())
    digits = 0 if value == value.to_integral_value() else 2
    return visit.formats.number(value, digits=digits)


def percent(visit: Visit, share: float) -> str:
    """Write a share without a needless decimal."""
    digits = 0 if round(share * 100, 1) == round(share * 100) else 1
    return visit.formats.percent(share, digits=digits)


def subject_words(
    visit: Visit, document: Document, change: tuple[Bar, Decimal] | None, version: int
) -> str:
    """Name what would be done: a bar that moves, or a version as a whole."""
    if change is None:
        return visit.say("programmes.subject_version", version=version)
    bar, value = change
    is_lower = value > bar.value if bar.metric == SHARE else value < bar.value
    words = "programmes.subject_lower" if is_lower else "programmes.subject_raise"
    return visit.say(
        words,
        tier=visit.local(bar.tier_name),
        metric=metric_words(visit, document, bar.metric),
        old=height_words(visit, document, bar.metric, bar.value),
        new=height_words(visit, document, bar.metric, value),
    )


def sentence(visit: Visit, subject: str, found: Outcome, held_name: str) -> str:
    """Say what would happen: who moves, what it costs, what value is held."""
    if found.is_first:
        parts = [visit.say("programmes.would_begin", n=visit.formats.number(found.customers))]
    else:
        parts = _moves(visit, found)
    parts += [part for part in (_cost(visit, found), _value(visit, found, held_name)) if part]
    joint, last = visit.say("programmes.joint"), visit.say("programmes.last_joint")
    whole = parts[0] if len(parts) == 1 else joint.join(parts[:-1]) + last + parts[-1]
    told = visit.say("programmes.would", subject=subject, parts=whole)
    return told if found.cost is not None else f"{told} {visit.say('programmes.cost_unknown')}"


def _moves(visit: Visit, found: Outcome) -> list[str]:
    told = [
        visit.say(
            f"programmes.would_{what}{'_one' if n == 1 else ''}",
            n=visit.formats.number(n),
            share=visit.formats.percent(share),
        )
        for what, n, share in (
            ("lift", found.lifted, found.lifted_share),
            ("drop", found.dropped, found.dropped_share),
        )
        if n
    ]
    return told or [visit.say("programmes.would_move_nobody")]


def _cost(visit: Visit, found: Outcome) -> str:
    if found.cost is None:
        return ""

    def money(amount: Decimal) -> str:
        return visit.formats.money(amount, found.currency, whole=True)

    if found.cost_before is None:
        return visit.say("programmes.would_cost", money=money(found.cost))
    more = found.cost - found.cost_before
    if more > 0:
        return visit.say("programmes.would_cost_more", money=money(more))
    if more < 0:
        return visit.say("programmes.would_save", money=money(-more))
    return visit.say("programmes.would_cost_same")


def _value(visit: Visit, found: Outcome, held_name: str) -> str:
    if found.value is None:
        return ""
    now = visit.formats.percent(found.value)
    if found.value_before is None:
        return visit.say("programmes.would_hold", share=now, tier=held_name)
    # of the figures as they are told, so that the difference is the one that readers see
    more = _points(found.value) - _points(found.value_before)
    points = visit.formats.number(abs(more), digits=1)
    if not more:
        return visit.say("programmes.would_hold_same", share=now, tier=held_name)
    words = "programmes.would_hold_more" if more > 0 else "programmes.would_hold_less"
    old = visit.formats.percent(found.value_before)
    return visit.say(words, points=points, share=now, old=old, tier=held_name)


def _points(share: float) -> Decimal:
    """Round a share to what is told of it."""
    return (Decimal(str(share)) * 100).quantize(_TENTH)

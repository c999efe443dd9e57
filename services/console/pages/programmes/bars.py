"""The bars of a programme: what each tier asks for, and what a document says with one moved."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from services.console.pages.programmes.documents import Document, Path, at, put

SHARE: Final = "share"
#: The built-in metrics that are money.
MONEY: Final = frozenset({"spend", "margin"})
_PLAIN: Final = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """One threshold to enter a tier: where it stands, of which metric, how high."""

    path: Path
    tier: str
    tier_name: Mapping[str, str]
    metric: str
    value: Decimal
    is_whole: bool = False


def bars_of(document: Document) -> list[Bar]:
    """List what tiers ask for, from the document's first tier on; conditions are no bars."""
    found = []
    for place, tier in enumerate(at(document, ("tiers",), [])):
        for path, metric, value in _asked(tier):
            is_whole = metric != SHARE and isinstance(at(tier, path), int)
            whole = ("tiers", place, *path)
            found.append(Bar(whole, tier["key"], tier["name"], metric, value, is_whole))
    return found


def moved(document: Document, bar: Bar, value: Decimal) -> Document:
    """Give the document with a bar elsewhere; what keeps a tier never asks for more than enters."""
    if bar.metric == SHARE:
        return _share_moved(document, bar, value)
    written = at(document, bar.path)
    made = put(document, bar.path, _like(written, value))
    keep = (bar.path[0], bar.path[1], "keep", *bar.path[3:])
    kept = _decimal(at(document, keep))
    if kept is not None and kept > value:
        made = put(made, keep, _like(at(document, keep), value))
    return made


def moved_bar(former: Document, document: Document) -> tuple[Bar, Decimal] | None:
    """Find the one bar that a document moves, with its new height; None where it changes more."""
    new = {bar.path: bar.value for bar in bars_of(document)}
    changed = [bar for bar in bars_of(former) if new.get(bar.path, bar.value) != bar.value]
    if len(changed) != 1:
        return None
    (bar,) = changed
    value = new[bar.path]
    same = _uncosted(moved(former, bar, value)) == _uncosted(document)
    return (bar, value) if same else None


def priced(document: Document, costs: Mapping[str, str]) -> Document:
    """Give the document with what one use of a benefit costs, by the benefit's key."""
    made = document
    for place, benefit in enumerate(at(document, ("benefits",), [])):
        if cost := costs.get(benefit["key"]):
            made = put(made, ("benefits", place, "cost"), {"amount": cost})
    return made


def _asked(tier: Mapping[str, Any]) -> list[tuple[Path, str, Decimal]]:
    share = _decimal(tier.get("enter_share"))
    if share is not None:
        return [(("enter_share",), SHARE, share)]
    rule = tier.get("enter")
    return [
        (("enter", way, metric), metric, value)
        for way in ("all", "any")
        for metric, written in (at(rule, (way,)) or {}).items()
        if (value := _decimal(written)) is not None
    ]


def _share_moved(document: Document, bar: Bar, value: Decimal) -> Document:
    """Keep the gap to the share that leaves, so that nobody flaps more than before."""
    leave = (*bar.path[:-1], "leave_share")
    left = _decimal(at(document, leave))
    made = put(document, bar.path, float(value))
    if left is None:
        return made
    return put(made, leave, float(min(Decimal(1), left + value - bar.value)))


def _decimal(written: Any) -> Decimal | None:
    if isinstance(written, bool) or not isinstance(written, str | int | float):
        return None
    try:
        found = Decimal(str(written))
    except InvalidOperation:
        return None
    return found if found.is_finite() and len(str(written)) <= 2 * _PLAIN else None


def _like(written: Any, value: Decimal) -> str | int:
    """Write a value in the way another one is written, as a text or whole; never another value."""
    if isinstance(written, str):
        needed = -int(value.normalize().as_tuple().exponent)
        return f"{value:.{max(len(written.partition('.')[2]), needed)}f}"
    return int(value) if value == value.to_integral_value() else str(value)


def _uncosted(document: Document) -> Document:
    benefits = [
        {name: value for name, value in each.items() if name != "cost"}
        for each in document.get("benefits", [])
    ]
    return {**document, "benefits": benefits}

"""Slides about who the customers are: stages of life, how value lies, segments."""

from datetime import date

from services.console.decks.data import DeckData, Group, Segment
from services.console.decks.empty import nothing, without
from services.console.decks.slide import Cell, Chart, Series, Shape, Slide, Table, Tile
from services.console.decks.tiers import columns
from services.console.decks.voice import Voice

#: Stages in the order customers go through them.
_LIFE = ("prospect", "new", "active", "reactivated", "at_risk", "churned")
#: Who comes, and who is about to stay away or has gone.
_HERE = frozenset({"new", "active", "reactivated"})
_LEAVING = frozenset({"at_risk", "churned"})


def lifecycle(data: DeckData, voice: Voice) -> Slide:
    """Show at which stage of their life customers stand."""
    if data.base is None:
        return without("lifecycle", data, voice)
    groups = sorted((g for g in data.base.lifecycles if g.customers), key=_stage)
    total = sum(group.customers for group in groups)
    if not total:
        return nothing("lifecycle", voice)
    return Slide(
        "lifecycle",
        voice.say(
            "lifecycle_found",
            here=voice.share(_counted(groups, _HERE) / total),
            leaving=voice.share(_counted(groups, _LEAVING) / total),
        ),
        chart=columns(
            [(voice.name("stage", group.key), group.customers) for group in groups],
            "lifecycle",
            voice,
        ),
        table=_lifecycle_table(groups, total, voice),
        source=voice.say("source_lifecycle"),
        page="/",
        when=_when(data.base.stages_on, data, voice),
        notes=voice.say("lifecycle_notes"),
    )


def _stage(group: Group) -> int:
    """Find a stage's place in a customer's life; one we do not know comes last."""
    return _LIFE.index(group.key) if group.key in _LIFE else len(_LIFE)


def _counted(groups: list[Group], keys: frozenset[str]) -> int:
    return sum(group.customers for group in groups if group.key in keys)


def _lifecycle_table(groups: list[Group], total: int, voice: Voice) -> Table:
    is_worth_known = any(group.value is not None for group in groups)
    head = ("stage", "customers", "share", "expected")[: 4 if is_worth_known else 3]
    rows = tuple(
        (
            Cell(voice.name("stage", group.key)),
            Cell(voice.formats.number(group.customers)),
            Cell(voice.share(group.customers / total)),
            Cell(voice.money(group.value)),
        )[: len(head)]
        for group in groups
    )
    return Table(tuple(voice.say(f"head_{each}") for each in head), rows)


def concentration(data: DeckData, voice: Voice) -> Slide:
    """Show how much of all value the best customers hold."""
    if data.base is None:
        return without("concentration", data, voice)
    value = data.base.value
    if value is None or not value.shares:
        return nothing("concentration", voice)
    best = [(part, _held_by(value.shares, part)) for part in (0.01, 0.05, 0.20)]
    title = voice.say("concentration_found", share=voice.share(best[-1][1]))
    tiles = [
        Tile(voice.say("best_of", part=voice.formats.percent(part, digits=0)), voice.share(held))
        for part, held in best
    ]
    if value.gini is not None:
        tiles.append(Tile(voice.say("gini"), voice.formats.number(value.gini, digits=2)))
    return Slide(
        "concentration",
        title,
        tiles=tuple(tiles),
        chart=_curve(value.shares, title, voice),
        source=voice.say("source_concentration"),
        page="/",
        when=_when(data.base.value_on, data, voice),
        notes=voice.say("concentration_notes"),
    )


def _held_by(shares: tuple[tuple[float, float], ...], part: float) -> float:
    """Read the curve at a share of customers, straight between its points."""
    before = (0.0, 0.0)
    for at, held in sorted(shares):
        if at >= part:
            width = at - before[0]
            place = (part - before[0]) / width if width else 1.0
            return before[1] + (held - before[1]) * place
        before = (at, held)
    return 1.0


def _when(day: date | None, data: DeckData, voice: Voice) -> str:
    return voice.as_of(day) if day else voice.as_of_now(data)


def _curve(shares: tuple[tuple[float, float], ...], title: str, voice: Voice) -> Chart:
    ordered = sorted({(0.0, 0.0), *shares})
    xs, ys = tuple(x for x, _ in ordered), tuple(y for _, y in ordered)
    return Chart(
        Shape.XY,
        (),
        (
            Series(voice.say("curve_value"), ys, xs),
            Series(voice.say("curve_equal"), (0.0, 1.0), (0.0, 1.0)),
        ),
        "share",
        voice.say("chart_says", what=voice.say("topic_concentration"), figures=title),
        voice.say("axis_best"),
        voice.say("axis_value"),
    )


def segments(data: DeckData, voice: Voice) -> Slide:
    """Show the live segments and how many are in each."""
    if data.segments is None:
        return without("segments", data, voice)
    if not data.segments:
        return nothing("segments", voice)
    ordered = sorted(data.segments, key=lambda each: -each.customers)
    largest = ordered[0]
    return Slide(
        "segments",
        voice.say_many(
            "segments_found",
            len(ordered),
            name=voice.tell(largest.name),
            share=voice.share(largest.share),
        ),
        chart=_bars(ordered[:10], voice),
        table=_segments_table(ordered[:12], voice),
        source=voice.say("source_segments"),
        page="/segments",
        when=voice.as_of_now(data),
        notes=voice.say("segments_notes"),
    )


def _bars(found: list[Segment], voice: Voice) -> Chart:
    names = tuple(voice.tell(each.name) for each in found)
    values = tuple(float(each.customers) for each in found)
    told = voice.join(
        [f"{name} {voice.formats.number(value)}" for name, value in zip(names, values, strict=True)]
    )
    says = voice.say("chart_says", what=voice.say("topic_segments"), figures=told)
    series = (Series(voice.say("head_customers"), values),)
    return Chart(Shape.BAR, names, series, "number", says)


def _segments_table(found: list[Segment], voice: Voice) -> Table:
    head = ("segment", "customers", "share")
    rows = tuple(
        (
            Cell(voice.tell(each.name)),
            Cell(voice.formats.number(each.customers)),
            Cell(voice.share(each.share)),
        )
        for each in found
    )
    return Table(tuple(voice.say(f"head_{each}") for each in head), rows)

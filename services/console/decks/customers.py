"""Slides about who the customers are: tiers, stages of life, how value lies, segments."""

from services.console.decks.data import DeckData, Group, Segment
from services.console.decks.empty import nothing, without
from services.console.decks.slide import Cell, Chart, Series, Shape, Slide, Table, Tile
from services.console.decks.voice import Voice

_TAKEN = "tier_distribution"
_SPENT = "value_share_of_top_tier"
#: Who comes, and who is about to stay away or has gone.
_HERE = frozenset({"new", "active", "reactivated"})
_LEAVING = frozenset({"at_risk", "churned"})


def tiers(data: DeckData, voice: Voice) -> Slide:
    """Show how many customers hold each tier, and what the top tier brings."""
    held = _held(data)
    if held is None or data.programme is None:
        return without("tiers", data, voice)
    if not any(group.customers for group in held):
        return nothing("tiers", voice)
    named = [(_named(group, data, voice), float(group.customers)) for group in held]
    return Slide(
        "tiers",
        _tiers_title(data, held, voice),
        chart=_columns(named, "tiers", voice),
        table=_tiers_table(data, held, voice),
        source=_tiers_source(data, voice),
        kpis=(_TAKEN, _SPENT),
        notes=voice.say("tiers_notes"),
    )


def _held(data: DeckData) -> tuple[Group, ...] | None:
    """List tiers from the entry up: as scoring counts them now, else as the last night did."""
    if data.base is not None and data.base.tiers:
        order = {tier.key: tier.rank for tier in data.programme.tiers} if data.programme else {}
        return tuple(sorted(data.base.tiers, key=lambda group: order.get(group.key, 0)))
    if data.tier_kpis is None:
        return None
    return tuple(Group(t.key, t.name, kpi.numerator) for t, kpi in data.of_tiers(_TAKEN))


def _tiers_source(data: DeckData, voice: Voice) -> str:
    is_now = data.base is not None and bool(data.base.tiers)
    name = voice.tell(data.programme.name) if data.programme else ""
    return voice.say("source_tiers" if is_now else "source_tiers_night", programme=name)


def _named(group: Group, data: DeckData, voice: Voice) -> str:
    names = {tier.key: tier.name for tier in data.programme.tiers} if data.programme else {}
    return voice.tell(group.name or names.get(group.key)) or group.key


def _tiers_title(data: DeckData, held: tuple[Group, ...], voice: Voice) -> str:
    total = sum(group.customers for group in held)
    filled = [group for group in held if group.customers]
    top = held[-1]
    name, share = _named(top, data, voice), voice.share(top.customers / total)
    if len(filled) == 1:
        return voice.say_many("tiers_single", total, tier=_named(filled[0], data, voice))
    if not top.customers:
        return voice.say("tiers_empty_top", tier=name)
    spent = data.kpi(_SPENT)
    if spent is not None and spent.value is not None:
        return voice.say("tiers_found", tier=name, share=share, spent=voice.of(spent))
    expected = sum(group.value or 0.0 for group in held)
    if top.value is None or expected <= 0:
        return voice.say("tiers_share", tier=name, share=share)
    worth = voice.share(top.value / expected)
    return voice.say("tiers_expected", tier=name, share=share, worth=worth)


def _tiers_table(data: DeckData, held: tuple[Group, ...], voice: Voice) -> Table:
    total = sum(group.customers for group in held)
    is_worth_known = any(group.value is not None for group in held)
    head = ["tier", "customers", "share"] + (["expected"] if is_worth_known else [])
    rows = []
    for group in reversed(held):
        cells = [
            Cell(_named(group, data, voice)),
            Cell(voice.formats.number(group.customers), _TAKEN),
            Cell(voice.share(group.customers / total), _TAKEN),
        ]
        if is_worth_known:
            cells.append(Cell(voice.money(group.value)))
        rows.append(tuple(cells))
    return Table(tuple(voice.say(f"head_{each}") for each in head), tuple(rows))


def _columns(pairs: list[tuple[str, float]], key: str, voice: Voice) -> Chart:
    told = voice.join([f"{name} {voice.formats.number(value)}" for name, value in pairs])
    return Chart(
        Shape.COLUMN,
        tuple(name for name, _ in pairs),
        (Series(voice.say("head_customers"), tuple(value for _, value in pairs)),),
        "number",
        voice.say("chart_says", what=voice.say(f"topic_{key}"), figures=told),
    )


def lifecycle(data: DeckData, voice: Voice) -> Slide:
    """Show at which stage of their life customers stand."""
    if data.base is None:
        return without("lifecycle", data, voice)
    groups = [group for group in data.base.lifecycles if group.customers]
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
        chart=_columns(
            [(voice.name("stage", group.key), group.customers) for group in groups],
            "lifecycle",
            voice,
        ),
        table=_lifecycle_table(groups, total, voice),
        source=voice.say("source_lifecycle"),
        notes=voice.say("lifecycle_notes"),
    )


def _counted(groups: list[Group], keys: frozenset[str]) -> int:
    return sum(group.customers for group in groups if group.key in keys)


def _lifecycle_table(groups: list[Group], total: int, voice: Voice) -> Table:
    head = ("stage", "customers", "share", "expected")
    rows = tuple(
        (
            Cell(voice.name("stage", group.key)),
            Cell(voice.formats.number(group.customers)),
            Cell(voice.share(group.customers / total)),
            Cell(voice.money(group.value)),
        )
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

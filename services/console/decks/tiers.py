"""Slides about tiers: one for each programme in force, as of the end of the dates or of now."""

from typing import Final

from services.console.decks.data import DeckData, Group, Standing
from services.console.decks.empty import nothing, without
from services.console.decks.slide import Cell, Chart, Series, Shape, Slide, Table
from services.console.decks.voice import Voice

_TAKEN: Final = "tier_distribution"
_SPENT: Final = "value_share_of_top_tier"
_WITH_WORTH: Final = ("tier", "customers", "share", "expected")


def tiers(data: DeckData, voice: Voice) -> tuple[Slide, ...]:
    """Show how many customers hold each tier of every programme, the default one first."""
    main = _main(data)
    if main is None:
        return (without("tiers", data, voice),)
    first = _slide("tiers", main, data, voice)
    others = (_slide(f"tiers-{each.programme.key}", each, data, voice) for each in data.others)
    return (first, *others)


def _main(data: DeckData) -> Standing | None:
    """Take tiers as scoring counted them, else as the last night did."""
    if data.programme is None:
        return None
    if data.base is not None and data.base.tiers:
        return Standing(data.programme, data.base.tiers, data.base.tiers_on)
    if data.tier_kpis is None:
        return None
    held = tuple(Group(t.key, t.name, kpi.numerator) for t, kpi in data.of_tiers(_TAKEN))
    return Standing(data.programme, held, data.last)


def _slide(key: str, standing: Standing, data: DeckData, voice: Voice) -> Slide:
    held = _ordered(standing)
    if not any(group.customers for group in held):
        return _nobody(key, standing, data, voice)
    is_main = standing.programme == data.programme
    named = [(_named(group, standing, voice), float(group.customers)) for group in held]
    title, table = _title(standing, held, data, voice), _table(standing, held, voice)
    return Slide(
        key,
        _of_programme(title, standing, data, voice),
        chart=columns(named, "tiers", voice),
        table=table,
        source=voice.say("source_tiers", programme=voice.tell(standing.programme.name)),
        page=f"/programmes/{standing.programme.key}",
        kpis=(_TAKEN, _SPENT) if is_main else (_TAKEN,),
        notes=voice.say("tiers_notes" if len(table.head) == len(_WITH_WORTH) else "tiers_counted"),
        when=voice.as_of(standing.on) if standing.on else voice.as_of_now(data),
    )


def _ordered(standing: Standing) -> list[Group]:
    """List tiers from the entry up."""
    order = {tier.key: tier.rank for tier in standing.programme.tiers}
    return sorted(standing.tiers, key=lambda group: order.get(group.key, 0))


def _nobody(key: str, standing: Standing, data: DeckData, voice: Voice) -> Slide:
    slide = nothing("tiers", voice)
    title = _of_programme(slide.title, standing, data, voice)
    return Slide(key, title, lines=slide.lines, when=voice.as_of_now(data))


def _of_programme(title: str, standing: Standing, data: DeckData, voice: Voice) -> str:
    """Say of which programme it is, where there are several."""
    if not data.others:
        return title
    return voice.say("of_programme", programme=voice.tell(standing.programme.name), finding=title)


def _named(group: Group, standing: Standing, voice: Voice) -> str:
    names = {tier.key: tier.name for tier in standing.programme.tiers}
    return voice.tell(group.name or names.get(group.key)) or group.key


def _title(standing: Standing, held: list[Group], data: DeckData, voice: Voice) -> str:
    total = sum(group.customers for group in held)
    filled = [group for group in held if group.customers]
    top = held[-1]
    name, share = _named(top, standing, voice), voice.share(top.customers / total)
    if len(filled) == 1:
        return voice.say_many("tiers_single", total, tier=_named(filled[0], standing, voice))
    if not top.customers:
        return voice.say("tiers_empty_top", tier=name)
    spent = data.kpi(_SPENT) if standing.programme == data.programme else None
    if spent is not None and spent.value is not None:
        return voice.say("tiers_found", tier=name, share=share, spent=voice.of(spent))
    expected = sum(group.value or 0.0 for group in held)
    if top.value is None or expected <= 0:
        return voice.say("tiers_share", tier=name, share=share)
    worth = voice.share(top.value / expected)
    return voice.say("tiers_expected", tier=name, share=share, worth=worth)


def _table(standing: Standing, held: list[Group], voice: Voice) -> Table:
    total = sum(group.customers for group in held)
    is_worth_known = any(group.value is not None for group in held)
    head = _WITH_WORTH if is_worth_known else _WITH_WORTH[:-1]
    rows = []
    for group in reversed(held):
        cells = [
            Cell(_named(group, standing, voice)),
            Cell(voice.formats.number(group.customers), _TAKEN),
            Cell(voice.share(group.customers / total), _TAKEN),
        ]
        if is_worth_known:
            cells.append(Cell(voice.money(group.value)))
        rows.append(tuple(cells))
    return Table(tuple(voice.say(f"head_{each}") for each in head), tuple(rows))


def columns(pairs: list[tuple[str, float]], key: str, voice: Voice) -> Chart:
    """Draw customers by group."""
    told = voice.join([f"{name} {voice.formats.number(value)}" for name, value in pairs])
    return Chart(
        Shape.COLUMN,
        tuple(name for name, _ in pairs),
        (Series(voice.say("head_customers"), tuple(value for _, value in pairs)),),
        "number",
        voice.say("chart_says", what=voice.say(f"topic_{key}"), figures=told),
    )

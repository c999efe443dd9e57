"""A deck as one HTML file: no script, no request to anybody, printable one slide a page."""

from collections.abc import Iterator
from html import escape
from typing import Final

from services.console.decks import look
from services.console.decks.slide import Cell, Deck, Slide, Table, Tile
from services.console.decks.svg import svg_of

#: Whatever a name or a text in it tries, the file loads nothing and runs nothing.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE: Final = f"""
:root {{ color-scheme: light }}
body {{ margin: 0; background: #{look.SHADE}; color: #{look.INK};
  font: 16px/1.5 {look.LATIN}, "{look.CHINESE}", "Noto Sans CJK SC", sans-serif }}
main {{ max-width: 1040px; margin: 0 auto; padding: 16px }}
section, header {{ background: #{look.PAPER}; border-radius: 8px; padding: 28px 36px;
  margin: 16px 0 }}
h1 {{ font-size: 34px; line-height: 1.2; margin: 24px 0 8px }}
h2 {{ font-size: 24px; line-height: 1.3; margin: 0 0 16px }}
p {{ margin: 8px 0 }}
a {{ color: #{look.COLOURS[0]} }}
.soft, footer {{ color: #{look.SOFT}; font-size: 14px }}
footer {{ margin-top: 16px; border-top: 1px solid #{look.LINE}; padding-top: 8px }}
.tiles {{ display: flex; flex-wrap: wrap; gap: 12px 32px; margin-bottom: 16px }}
.tiles b {{ display: block; font-size: 26px; line-height: 1.2 }}
svg {{ width: 100%; height: auto }}
.wide {{ overflow-x: auto }}
table {{ border-collapse: collapse; width: 100%; font-size: 15px; margin-top: 12px }}
th, td {{ text-align: left; padding: 6px 10px; border-bottom: 1px solid #{look.LINE} }}
th {{ background: #{look.SHADE} }}
.figure {{ text-align: right; font-variant-numeric: tabular-nums }}
dt {{ font-weight: 700; margin-top: 12px }}
dd {{ margin: 0 }}
@page {{ size: A4 landscape; margin: 12mm }}
@media print {{
  body {{ background: none }} main {{ max-width: none; padding: 0 }}
  svg {{ width: auto; height: 72mm; display: block }}
  h2 {{ font-size: 20px; margin: 0 0 8px }} th, td {{ padding: 3px 8px; font-size: 13px }}
  section, header {{ break-after: page; break-inside: avoid; padding: 0; margin: 0 }}
  section:last-child {{ break-after: auto; break-inside: auto }} dt {{ break-after: avoid }}
}}
"""


def html_of(deck: Deck) -> str:
    """Write the deck as a whole page."""
    language = "zh-CN" if deck.language.value == "zh" else "en"
    sections = "".join(_section(deck, slide) for slide in deck.slides)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(deck.title)}</title><style>{_STYLE}</style></head><body><main>"
        f"<header><h1>{escape(deck.title)}</h1><p>{escape(deck.subtitle)}</p>"
        f"<p>{escape(deck.question)}</p>"
        f'<p class="soft">{escape(deck.made)}</p></header>'
        f"{sections}{_glossary(deck)}</main></body></html>\n"
    )


def _section(deck: Deck, slide: Slide) -> str:
    return "".join(
        (
            f'<section id="{escape(slide.key)}">',
            f'<p class="soft">{escape(slide.place)}</p>' if slide.place else "",
            f"<h2>{escape(slide.title)}</h2>",
            *_tiles(slide.tiles),
            *(f"<p>{escape(line)}</p>" for line in slide.lines),
            svg_of(slide.chart, slide.title) if slide.chart else "",
            _table(slide.table) if slide.table else "",
            _notes(deck, slide),
            "</section>",
        )
    )


def _tiles(tiles: tuple[Tile, ...]) -> Iterator[str]:
    if not tiles:
        return
    yield '<div class="tiles">'
    for tile in tiles:
        note = f'<span class="soft">{escape(tile.note)}</span>' if tile.note else ""
        value = _linked(Cell(tile.value, tile.kpi))
        yield f'<div><span class="soft">{escape(tile.label)}</span><b>{value}</b>{note}</div>'
    yield "</div>"


def _linked(cell: Cell) -> str:
    """Link a figure to its entry in the glossary of this file, which links to the console."""
    text = escape(cell.text)
    return f'<a href="#kpi-{escape(cell.kpi)}">{text}</a>' if cell.kpi else text


def _table(table: Table) -> str:
    classes = ['class="figure"' if n >= table.numbers_from else "" for n in range(len(table.head))]
    head = "".join(
        f'<th scope="col" {kind}>{escape(text)}</th>'
        for text, kind in zip(table.head, classes, strict=True)
    )
    rows = "".join(
        "<tr>"
        + "".join(f"<td {kind}>{_linked(c)}</td>" for c, kind in zip(row, classes, strict=True))
        + "</tr>"
        for row in table.rows
    )
    whole = f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
    return f'<div class="wide"><table>{whole}</table></div>'


def _notes(deck: Deck, slide: Slide) -> str:
    if not slide.source:
        return ""
    source = f"{escape(deck.sources_word)}: {_away(slide.source, deck.link(slide.page))}"
    terms = [term for key in slide.kpis if (term := deck.term(key))]
    links = " · ".join(_away(term.name, term.link) for term in terms)
    definitions = f"<br>{escape(deck.definitions_word)}: {links}" if links else ""
    notes = f'<p class="soft">{escape(slide.notes)}</p>' if slide.notes else ""
    return f"{notes}<footer>{source}{definitions}</footer>"


def _glossary(deck: Deck) -> str:
    if not deck.glossary:
        return ""
    terms = "".join(
        f'<dt id="kpi-{escape(term.key)}">{_away(term.name, term.link)}</dt>'
        f"<dd>{escape(term.words)}</dd>"
        for term in deck.glossary
    )
    note = f'<p class="soft">{escape(deck.links_note)}</p>' if deck.links_note else ""
    title = f"<h2>{escape(deck.glossary_title)}</h2>"
    return f'<section id="glossary">{title}<dl>{terms}</dl>{note}</section>'


def _away(name: str, link: str | None) -> str:
    """Link to the console."""
    if not link:
        return escape(name)
    # A preview in a frame stays where it is.
    return f'<a href="{escape(link)}" target="_blank" rel="noopener">{escape(name)}</a>'

"""Which column of a file says what: our names to the file's, and what is the same for all rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from services.ingest.domain.files.cells import Cells, Days, Magnitude, Product, Text, Whole

REQUIRED: Final = ("customer_id", "occurred_at", "amount")
OPTIONAL: Final = (
    "order_id", "sku", "category", "quantity", "discount", "cost", "channel", "store_id",
    "currency", "order_net", "refund",
)  # fmt: skip
NAMES: Final = (*REQUIRED, *OPTIONAL)
#: What exports commonly call an order; a mapping overrules it.
ORDER_ALIASES: Final = ("order_id", "invoice", "invoice_id", "receipt_id")
CONSTANTS: Final = frozenset({"currency", "store_id", "channel", "sku", "category"})
#: What the column `customer_id` may hold.
IDENTIFIERS: Final = frozenset({"customer_id", "loyalty_account", "phone", "email"})
#: How many names a message lists, and how many characters of each.
_LISTED: Final = 40
_KEYS: Final = frozenset({
    "columns", "constants", "time_zone", "returns", "source", "encoding", "delimiter", "quote",
    "numbers", "dates", "fill_down", "only", "join", "identifier",
})  # fmt: skip


class MappingRefused(ValueError):
    """A mapping, or a file under it, that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class FileFormat:
    """How a file of text is written; None: found out from its beginning. `quote` "": none."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str = '"'


@dataclass(frozen=True, slots=True)
class FillDown:
    """Columns that stand only in the first row of an order; `by`: the column that names it."""

    by: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Join:
    """Another file beside this one, whose row of the same key adds its columns."""

    file: str
    on: str


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What a mapping file says; everything in it may be left out.

    `has_us_numbers`: amounts look like "$1,234.50" or "(12.00)". `dates`: a strptime pattern.
    `identifier`: what its column of customers holds. `only`: rows that say anything else in these
    columns are passed over.
    """

    columns: Mapping[str, str | Cells] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    time_zone: str | None = None
    source: str | None = None
    form: FileFormat = FileFormat()
    has_us_numbers: bool = False
    dates: str | None = None
    fill_down: FillDown | None = None
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    joins: tuple[Join, ...] = ()
    identifier: str = "customer_id"

    def columns_of(self, present: Sequence[str]) -> dict[str, str | Cells]:
        """Return our name -> the file's, for the columns the file has; raises MappingRefused."""
        if twice := sorted({name for name in present if present.count(name) > 1}):
            raise MappingRefused(f"two columns have the same name: {_listed(twice)}")
        named: dict[str, str | Cells] = {n: self.columns.get(n, n) for n in NAMES}
        if "order_id" not in self.columns:
            named["order_id"] = next((a for a in ORDER_ALIASES if a in present), "order_id")
        missing = [
            column
            for name, source in named.items()
            if name in REQUIRED or name in self.columns
            for column in sources_of(source)
            if column not in present
        ]
        missing += [column for column in self._also_read() if column not in present]
        if missing:
            raise MappingRefused(
                f"there is no column {_listed(missing)} among {_listed(present)}; "
                'a mapping names them: {"columns": {"amount": "Total", ...}}'
            )
        return {
            name: source
            for name, source in named.items()
            if all(column in present for column in sources_of(source))
            and (name == "currency" or name not in self.constants)
        }

    def read_columns(self, columns: Mapping[str, str | Cells]) -> list[str]:
        """Return the columns of the file that must be read, each once."""
        needed = [column for source in columns.values() for column in sources_of(source)]
        return list(dict.fromkeys([*needed, *self._also_read()]))

    def _also_read(self) -> list[str]:
        filled = self.fill_down
        return [*self.only, *((filled.by, *filled.columns) if filled else ())]


def _listed(names: Sequence[str]) -> str:
    """Name columns so that it can be printed and stored, whatever file they were read from."""
    shown = [name if name.isprintable() else ascii(name)[1:-1] for name in names[:_LISTED]]
    return ", ".join([name[:_LISTED] for name in shown] + ["..."] * (len(names) > _LISTED))


def sources_of(source: str | Cells) -> tuple[str, ...]:
    """Return the columns of the file that one of ours is made from."""
    return (source,) if isinstance(source, str) else source.columns


def in_currency(mapping: ColumnMapping, currency: str) -> ColumnMapping:
    """Return the mapping for amounts in this currency."""
    return replace(mapping, constants={**mapping.constants, "currency": currency})


def parse_mapping(document: Any) -> ColumnMapping:
    """Return the mapping a JSON document describes; raises MappingRefused."""
    if not isinstance(document, dict) or document.keys() - _KEYS:
        raise MappingRefused(f"a mapping is an object with {', '.join(sorted(_KEYS))}")
    constants = _texts(document, "constants", known=CONSTANTS)
    if document.get("returns", "negative_amount") != "negative_amount":
        raise MappingRefused('"returns" can only be "negative_amount"')
    if document.get("numbers", "plain") not in ("plain", "us"):
        raise MappingRefused('"numbers" can only be "plain" or "us"')
    return ColumnMapping(
        columns=_columns(document),
        constants=constants,
        time_zone=_text_or_none(document, "time_zone"),
        source=_text_or_none(document, "source"),
        form=_form(document),
        has_us_numbers=document.get("numbers") == "us",
        dates=_text_or_none(document, "dates"),
        fill_down=_fill_down(document),
        only=_only(document),
        joins=_joins(document),
        identifier=_identifier(document),
    )


def _columns(document: Mapping[str, Any]) -> dict[str, str | Cells]:
    found = document.get("columns", {})
    if not isinstance(found, dict):
        raise MappingRefused('"columns" must look like {"amount": "Total"}')
    if unknown := sorted(found.keys() - set(NAMES)):
        raise MappingRefused(f'"columns" does not know {", ".join(unknown)}')
    return {name: _source(name, each) for name, each in found.items()}


def _source(name: str, found: Any) -> str | Cells:
    """Return a column by its name, or how it is made from others."""
    if isinstance(found, str):
        return found
    made = _of_number(found) or _of_text(found)
    if made is None:
        raise MappingRefused(
            f'the column {name} is a name, {{"product": [a, b], "less": c}}, {{"text": [a, b]}}, '
            '{"magnitude": a}, {"whole": a} or {"day": a, "from": "2020-01-01", "time": b}'
        )
    return made


def _of_number(found: Any) -> Cells | None:
    match found:
        case {"product": [str() as one, str() as other], **rest} if not rest:
            return Product((one, other))
        case {"product": [str() as one, str() as other], "less": str() as less, **rest} if not rest:
            return Product((one, other, less))
        case {"magnitude": str() as column, **rest} if not rest:
            return Magnitude((column,))
        case {"whole": str() as column, **rest} if not rest:
            return Whole((column,))
    return None


def _of_text(found: Any) -> Cells | None:
    match found:
        case {"text": [*parts], **rest} if not rest and all(isinstance(p, str) for p in parts):
            return Text(tuple(parts))
        case {"day": str() as day, "from": str() as start, **rest} if not rest:
            return Days((day,), _day(start))
        case {"day": str() as day, "from": str() as start, "time": str() as time, **rest} if (
            not rest
        ):
            return Days((day, time), _day(start))
    return None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise MappingRefused('"from" must be a date such as 2020-01-01') from None


def _identifier(document: Mapping[str, Any]) -> str:
    found = document.get("identifier", "customer_id")
    if not isinstance(found, str) or found not in IDENTIFIERS:
        raise MappingRefused(f'"identifier" must be one of {", ".join(sorted(IDENTIFIERS))}')
    return found


def _form(document: Mapping[str, Any]) -> FileFormat:
    delimiter, quote = document.get("delimiter"), document.get("quote", '"')
    if delimiter is not None and not (isinstance(delimiter, str) and len(delimiter) == 1):
        raise MappingRefused('"delimiter" must be one character')
    if not isinstance(quote, str) or len(quote) > 1:
        raise MappingRefused('"quote" must be one character, or "" for none')
    if delimiter in {"\n", "\r", quote}:
        raise MappingRefused('"delimiter" must differ from the quote and from a line end')
    return FileFormat(_text_or_none(document, "encoding"), delimiter, quote)


def _fill_down(document: Mapping[str, Any]) -> FillDown | None:
    match document.get("fill_down"):
        case None:
            return None
        case {"by": str() as by, "columns": [*names]} if all(isinstance(n, str) for n in names):
            return FillDown(by, tuple(names))
    raise MappingRefused('"fill_down" must look like {"by": "Name", "columns": ["Email"]}')


def _only(document: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    found = document.get("only", {})
    if isinstance(found, dict) and all(
        isinstance(values, list) and all(isinstance(value, str) for value in values)
        for values in found.values()
    ):
        return {name: frozenset(values) for name, values in found.items()}
    raise MappingRefused('"only" must look like {"Status": ["paid"]}')


def _joins(document: Mapping[str, Any]) -> tuple[Join, ...]:
    joins = []
    for found in document.get("join", ()):
        match found:
            case {"file": str() as file, "on": str() as on} if "/" not in file and "\\" not in file:
                joins.append(Join(file, on))
            case _:
                raise MappingRefused('"join" must look like [{"file": "orders.csv", "on": "id"}]')
    return tuple(joins)


def _texts(document: Mapping[str, Any], key: str, *, known: frozenset[str]) -> dict[str, str]:
    texts = document.get(key, {})
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise MappingRefused(f'"{key}" must look like {{"channel": "web"}}')
    if unknown := sorted(texts.keys() - known):
        raise MappingRefused(f'"{key}" does not know {", ".join(unknown)}')
    return dict(texts)


def _text_or_none(document: Mapping[str, Any], key: str) -> str | None:
    text = document.get(key)
    if text is not None and not (isinstance(text, str) and text):
        raise MappingRefused(f'"{key}" must be a text')
    return text

"""Which column of a file says what: our names to the file's, and what is the same for all rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

REQUIRED: Final = ("customer_id", "occurred_at", "amount")
OPTIONAL: Final = (
    "order_id", "sku", "category", "quantity", "discount", "cost", "channel", "store_id",
    "currency",
)  # fmt: skip
NAMES: Final = (*REQUIRED, *OPTIONAL)
#: What exports commonly call an order; a mapping overrules it.
ORDER_ALIASES: Final = ("order_id", "invoice", "invoice_id", "receipt_id")
CONSTANTS: Final = frozenset({"currency", "store_id", "channel", "sku", "category"})
_KEYS: Final = frozenset({"columns", "constants", "time_zone", "returns", "source"})


class MappingRefused(ValueError):
    """A mapping, or a file under it, that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What a mapping file says; everything in it may be left out."""

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    time_zone: str | None = None
    source: str | None = None

    def columns_of(self, present: Sequence[str]) -> dict[str, str]:
        """Return our name -> the file's, for the columns the file has; raises MappingRefused."""
        if len(set(present)) != len(present):
            raise MappingRefused("two columns have the same name")
        named = {name: self.columns.get(name, name) for name in NAMES}
        if "order_id" not in self.columns:
            named["order_id"] = next((a for a in ORDER_ALIASES if a in present), "order_id")
        missing = [
            column
            for name, column in named.items()
            if column not in present and (name in REQUIRED or name in self.columns)
        ]
        if missing:
            raise MappingRefused(
                f"there is no column {', '.join(missing)} among {', '.join(present)}; "
                'a mapping names them: {"columns": {"amount": "Total", ...}}'
            )
        return {
            name: column
            for name, column in named.items()
            if column in present and (name == "currency" or name not in self.constants)
        }


def in_currency(mapping: ColumnMapping, currency: str) -> ColumnMapping:
    """Return the mapping for amounts in this currency."""
    return replace(mapping, constants={**mapping.constants, "currency": currency})


def parse_mapping(document: Any) -> ColumnMapping:
    """Return the mapping a JSON document describes; raises MappingRefused."""
    if not isinstance(document, dict) or document.keys() - _KEYS:
        raise MappingRefused(f"a mapping is an object with {', '.join(sorted(_KEYS))}")
    columns = _texts(document, "columns", known=frozenset(NAMES))
    constants = _texts(document, "constants", known=CONSTANTS)
    if document.get("returns", "negative_amount") != "negative_amount":
        raise MappingRefused('"returns" can only be "negative_amount"')
    return ColumnMapping(
        columns, constants, _text_or_none(document, "time_zone"), _text_or_none(document, "source")
    )


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

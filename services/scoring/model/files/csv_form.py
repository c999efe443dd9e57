"""How a CSV file is written: its encoding, its delimiter, its numbers and its dates."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, fields
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from services.scoring.model.errors import FileRefused

DELIMITERS = (",", ";", "\t", "|")
_HEAD_BYTES = 1024 * 1024
# UTF-32 first: its mark begins like that of UTF-16. Arrow takes off the mark of UTF-8 by itself.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class CsvForm:
    """What a mapping says of how a file is written; None: found out, or plain.

    `numbers` "us" reads $1,234.50 and (5.00); `dates` is a strptime pattern. Raises FileRefused
    for what cannot be read by.
    """

    encoding: str | None = None
    delimiter: str | None = None
    numbers: str | None = None
    dates: str | None = None

    def __post_init__(self) -> None:
        given = [getattr(self, key) for key in FORM_KEYS]
        if not all(value is None or isinstance(value, str) for value in given):
            raise FileRefused(f"{', '.join(FORM_KEYS)} of a mapping are texts.")
        if self.numbers not in {None, "us"}:
            raise FileRefused('The mapping may say "numbers": "us" and nothing else of numbers.')
        if self.delimiter is not None and self.delimiter not in DELIMITERS:
            raise FileRefused("The delimiter of a mapping is a comma, a semicolon, a tab or a |.")
        if self.encoding is not None:
            _known(self.encoding)


FORM_KEYS = tuple(field.name for field in fields(CsvForm))


def csv_options(
    path: Path, form: CsvForm
) -> tuple[pyarrow.csv.ReadOptions, pyarrow.csv.ParseOptions]:
    """Return how Arrow reads this file: as the mapping says, else as its beginning looks."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    encoding = _encoding(head, form.encoding)
    line = head.decode(encoding, errors="replace").split("\n", 1)[0]
    delimiter = form.delimiter or max(DELIMITERS, key=line.count)
    return (
        pyarrow.csv.ReadOptions(encoding=encoding),
        pyarrow.csv.ParseOptions(delimiter=delimiter),
    )


def us_numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Take currency signs, thousands separators and accountants' brackets off.

    A comma that no three digits follow stays, and so 2.927,00 is refused as a number.
    """
    bare = pc.replace_substring_regex(pc.cast(column, pa.string()), r"[$€£¥￥\s]", "")
    bare = pc.replace_substring_regex(bare, r",(\d{3})", r"\1")
    return pc.replace_substring_regex(bare, r"^\((.*)\)$", r"-\1")


def _encoding(head: bytes, named: str | None) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if named is not None:
        return _known(named)
    whole = head[: head.rfind(b"\n") + 1] or head
    is_chinese = not _is_readable(whole, "utf-8") and _is_readable(whole, "gb18030")
    return "gb18030" if is_chinese else "utf-8"


def _is_readable(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise FileRefused(f"The mapping names the unknown encoding {encoding}.") from error

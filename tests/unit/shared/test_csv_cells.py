"""What an exported cell may hold: nothing a spreadsheet runs."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from shared.csv_cells import csv_row

DANGEROUS = ("=1+1", '=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1",
             "－1", "＠x", " =1", "\u3000=1", "|calc", "%x")  # fmt: skip
HARMLESS = ("c-1", "a=b", "张三", "", "1-2", "'x")


@pytest.mark.parametrize("place", range(len(DANGEROUS)))
def test_formula_becomes_text(place: int) -> None:
    text = DANGEROUS[place]
    doubled = text.replace('"', '""')
    assert csv_row([text]) == f'"\'{doubled}"\r\n'
    assert csv_row([text], is_raw=True) == f'"{doubled}"\r\n'


@pytest.mark.parametrize("place", range(len(HARMLESS)))
def test_other_text_stays(place: int) -> None:
    assert csv_row([HARMLESS[place]]) == f'"{HARMLESS[place]}"\r\n'


def test_numbers_are_numbers_and_nothing_is_empty() -> None:
    at = datetime(2026, 11, 21, 12, tzinfo=UTC)
    row = csv_row([-5, Decimal("-3.10"), None, date(2026, 11, 21), at, 'say "hi"'])
    assert row == '-5,-3.10,,"2026-11-21","2026-11-21T12:00:00+00:00","say ""hi"""\r\n'

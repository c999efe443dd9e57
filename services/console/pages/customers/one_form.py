"""Sentences of services with their amounts and dates written as the console writes them."""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from babel.numbers import is_currency

from services.console.visiting.visit import Visit
from shared.contracts.common import LocalText

_NUMBER: Final = r"(-?\d+(?:,\d{3})*(?:\.\d+)?)"
_DATE: Final = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
#: Amounts as services say them: CNY 1,234 in English, 1,234元 and 1,234 KWD in Chinese.
_AMOUNT: Final = re.compile(
    rf"(?<![A-Z])([A-Z]{{3}}) {_NUMBER}|{_NUMBER}(?:元| ([A-Z]{{3}})(?![A-Z]))"
)
_YUAN: Final = "CNY"


def in_one_form(visit: Visit, text: LocalText) -> str:
    """Give a sentence in the visitor's language: CNY 1,234 as CN¥1,234, 2027-02-22 as a date."""
    said = _AMOUNT.sub(lambda found: _money(visit, found), visit.local(text))
    return _DATE.sub(lambda found: _day(visit, found[0]), said)


def _money(visit: Visit, found: re.Match[str]) -> str:
    currency, number = found[1] or found[4] or _YUAN, found[2] or found[3]
    if not is_currency(currency):
        return found[0]
    amount = Decimal(number.replace(",", ""))
    return visit.formats.money(amount, currency, whole="." not in number)


def _day(visit: Visit, text: str) -> str:
    try:
        return visit.formats.date(date.fromisoformat(text))
    except ValueError:
        return text

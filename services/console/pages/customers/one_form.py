"""Sentences of services with their amounts and dates written as the console writes them."""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from services.console.visiting.visit import Visit
from shared.contracts.common import LocalText

_NUMBER: Final = r"(-?\d+(?:,\d{3})*(?:\.\d+)?)"
_DATE: Final = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
#: How services say the yuan in Chinese; other currencies stand by their code.
_YUAN: Final = "CNY"


def in_one_form(visit: Visit, text: LocalText) -> str:
    """Give a sentence in the visitor's language: CNY 1,234 as CN¥1,234, 2027-02-22 as a date."""
    said, currency = visit.local(text), visit.house.currency
    if currency is not None:
        unit = re.escape(currency)
        before = rf"(?<![A-Z]){unit} {_NUMBER}"
        after = rf"{_NUMBER} {unit}(?![A-Z])"
        ways = [before, after, rf"{_NUMBER}元"] if currency == _YUAN else [before, after]
        for way in ways:
            said = re.sub(way, lambda found: _money(visit, found[1], currency), said)
    return _DATE.sub(lambda found: _day(visit, found[0]), said)


def _money(visit: Visit, number: str, currency: str) -> str:
    amount = Decimal(number.replace(",", ""))
    return visit.formats.money(amount, currency, whole="." not in number)


def _day(visit: Visit, text: str) -> str:
    try:
        return visit.formats.date(date.fromisoformat(text))
    except ValueError:
        return text

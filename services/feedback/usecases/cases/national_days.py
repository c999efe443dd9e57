"""Public holidays by country, from the maintained `holidays` library."""

from datetime import date
from functools import lru_cache
from typing import Final

import holidays

from services.feedback.domain.cases.calendar_document import NationalDays

_LANGUAGES: Final = {"en": "en_US", "zh": "zh_CN"}


@lru_cache(maxsize=64)
def national_days(country: str, subdivision: str | None, years: range) -> NationalDays:
    """Look holidays up; names in a language that the library lacks are what it falls back to.

    The first look at a country takes most of a second: not for the event loop.
    """
    names: dict[date, dict[str, str]] = {}
    working: set[date] = set()
    for language, ours in ((language, ours) for ours, language in _LANGUAGES.items()):
        found = holidays.country_holidays(
            country, subdiv=subdivision, years=years, language=language
        )
        for day, name in found.items():
            names.setdefault(day, {})[ours] = name
        working |= {day for day in found.weekend_workdays if day.year in years}
    return NationalDays(names, frozenset(working))


def is_country(country: str, subdivision: str | None) -> bool:
    """Tell whether holidays of a country, and of a part of it, are known."""
    parts = holidays.list_supported_countries().get(country)
    return parts is not None and (subdivision is None or subdivision in parts)

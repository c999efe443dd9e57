"""How a deck speaks: sentences of the catalogue, figures as readers of a language write them."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from babel.dates import format_skeleton

from services.console.accounts.person import Language
from services.console.decks.data import DeckData, Kpi
from services.console.decks.periods import dates_of, months_in
from services.console.decks.words import Words
from services.console.visiting.formats import NOTHING, Formats
from services.console.words import said, said_or
from shared.clock import business_date

Movement = Literal["up", "down", "same", "unknown"]
#: What customers answered: few answers make large swings, so their number is always told.
SAID: Final = ("csat", "nps", "ces")
#: Larger amounts are told without cents.
_WHOLE_FROM: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Voice:
    """A language, the way it writes figures, and the shop's currency."""

    formats: Formats
    currency: str | None

    @property
    def language(self) -> Language:
        """Give the language."""
        return self.formats.language

    def say(self, key: str, **parts: object) -> str:
        """Give a sentence of the decks' room."""
        return said(self.language, f"decks.{key}", **parts)

    def say_many(self, key: str, count: int, **parts: object) -> str:
        """Give a sentence about so many: English says one of them otherwise."""
        form = "one" if count == 1 else "many"
        return self.say(f"{key}_{form}", n=self.formats.number(count), **parts)

    def name(self, group: str, key: str) -> str:
        """Name a stage, a kind or a state by its key, else by the key itself."""
        return said_or(self.language, f"decks.{group}_{key}", key)

    def tell(self, words: Words | None) -> str:
        """Give what a service says in this language."""
        return "" if words is None else words.of(self.language)

    def share(self, value: float | None) -> str:
        """Write a share of one."""
        return self.formats.percent(_unsigned_zero(value, 3))

    def money(self, value: float | None) -> str:
        """Write an amount of the shop's currency; large ones without cents."""
        is_whole = value is not None and abs(value) >= _WHOLE_FROM
        return self.formats.money(_unsigned_zero(value, 2), self.currency, whole=is_whole)

    def in_currency(self, name: str) -> str:
        """Name what an axis is of, and in which currency."""
        return self.say("in_currency", name=name, currency=self.currency or NOTHING)

    def figure(self, unit: str, value: float | None) -> str:
        """Write the value of a KPI in its unit."""
        match unit:
            case _ if value is None:
                return NOTHING
            case "share":
                return self.share(value)
            case "money":
                return self.money(value)
            case "minutes":
                return self.say("minutes", n=self.formats.number(value))
            case "count":
                return self.formats.number(value)
            case _:
                return self.formats.number(_unsigned_zero(value, 1), digits=1)

    def of(self, kpi: Kpi | None) -> str:
        """Write the value of a KPI."""
        return NOTHING if kpi is None else self.figure(kpi.unit, kpi.value)

    def counted(self, kpi: Kpi, value: float | None, answers: int | None) -> str:
        """Write a value of a KPI; of what customers said, also from how many answers."""
        figure = self.figure(kpi.unit, value)
        if kpi.key not in SAID or value is None or answers is None:
            return figure
        return self.say("figure_answers", figure=figure, answers=self.answers(answers))

    def answers(self, count: int) -> str:
        """Write so many answers."""
        return self.say_many("answers", count)

    def movement(self, kpi: Kpi) -> Movement:
        """Tell where a KPI went since the dates before, as far as readers can see."""
        if kpi.value is None or kpi.previous is None:
            return "unknown"
        if self.of(kpi) == self.figure(kpi.unit, kpi.previous):
            return "same"
        return "up" if kpi.value > kpi.previous else "down"

    def is_better(self, kpi: Kpi) -> bool | None:
        """Tell whether a KPI went the good way; None where it did not move or no way is good."""
        way = self.movement(kpi)
        if way in {"same", "unknown"} or kpi.better == "neither":
            return None
        return way == kpi.better

    def span(self, first: date, last: date) -> str:
        """Name some dates: a whole month, quarter or year by its name."""
        match months_in(first, last):
            case 1:
                return str(format_skeleton("yMMMM", first, locale=self.formats.locale))
            case 3:
                return self.say("period_quarter", year=first.year, n=(first.month + 2) // 3)
            case 12:
                return self.say("period_year", year=first.year)
        dates = self.formats.date
        if first == last:
            return dates(first)
        return self.say("deck_dates", first=dates(first), last=dates(last))

    def period(self, name: str, until: date | None = None) -> str:
        """Name a period; of one that is not over, say up to when it is told."""
        found = dates_of(name)
        if found is None:
            return name
        if until is None or until >= found[1]:
            return self.span(*found)
        return self.say("to_date", period=self.span(*found), last=self.formats.date(until))

    def of_dates(self, data: DeckData) -> str:
        """Name the dates of the deck."""
        return self.span(data.first, data.last)

    def as_of(self, day: date) -> str:
        """Say as of which date something is."""
        return self.say("as_of", day=self.formats.date(day))

    def as_of_now(self, data: DeckData) -> str:
        """Say that something is as it was when the deck was made."""
        return self.as_of(business_date(data.made_at, self.formats.zone))

    def join(self, names: list[str]) -> str:
        """Write names one after the other."""
        return self.say("comma").join(names)


def _unsigned_zero(value: float | None, digits: int) -> float | None:
    """Round, so that nobody reads of minus nothing."""
    return None if value is None else round(value, digits) + 0.0

"""How a deck speaks: sentences of the catalogue, figures as readers of a language write them."""

from dataclasses import dataclass
from typing import Final, Literal

from services.console.accounts.person import Language
from services.console.decks.data import Kpi
from services.console.decks.words import Words
from services.console.visiting.formats import NOTHING, Formats
from services.console.words import said, said_or

Movement = Literal["up", "down", "same", "unknown"]
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

    def join(self, names: list[str]) -> str:
        """Write names one after the other."""
        return self.say("comma").join(names)


def _unsigned_zero(value: float | None, digits: int) -> float | None:
    """Round, so that nobody reads of minus nothing."""
    return None if value is None else round(value, digits) + 0.0

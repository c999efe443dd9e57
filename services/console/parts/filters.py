"""Filters above a list: what is chosen there is asked for anew, and begins as the address says."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from nicegui import ui

from services.console.parts import faults
from services.console.visiting.visit import Visit

Changed = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Filters:
    """What somebody wants to see; an empty filter asks for everything."""

    visit: Visit
    changed: Changed
    values: dict[str, object] = field(default_factory=dict)

    def given(self) -> dict[str, object]:
        """Give the filters that are set, as the service takes them."""
        return {key: value for key, value in self.values.items() if value not in (None, "", False)}

    def choose(self, key: str, label: str, options: Mapping[str, str]) -> ui.select:
        """Offer a choice of a few; cleared, it asks for all."""
        known = self.values.get(key) if self.values.get(key) in options else None
        self.values[key] = known
        made = ui.select(dict(options), label=label, value=known, clearable=True)
        made.on_value_change(lambda event: self._set(key, event.value))
        return made.props("outlined dense options-dense").classes("tl-filter")

    def typed(self, key: str, label: str) -> ui.input:
        """Offer a text; it is asked for when typing pauses."""
        made = ui.input(label, value=str(self.values.get(key) or ""))
        made.on_value_change(lambda event: self._set(key, (event.value or "").strip()))
        return made.props("outlined dense clearable debounce=400 maxlength=128").classes(
            "tl-filter"
        )

    def day(self, key: str, label: str) -> ui.input:
        """Offer a date, as the browser writes it."""
        made = ui.input(label, value=str(self.values.get(key) or ""))
        made.on_value_change(lambda event: self._set(key, event.value))
        return made.props("outlined dense type=date stack-label debounce=400").classes("tl-filter")

    def flag(self, key: str, label: str) -> ui.checkbox:
        """Offer yes or no; no asks for all."""
        made = ui.checkbox(label, value=bool(self.values.get(key)))
        made.on_value_change(lambda event: self._set(key, event.value))
        return made

    async def _set(self, key: str, value: object) -> None:
        if self.values.get(key) == value:
            return
        self.values[key] = value
        async with faults.told(self.visit):
            await self.changed()

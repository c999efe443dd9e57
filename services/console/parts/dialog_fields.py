"""Fields above the reason of a dialog: what is typed there is kept while it is open."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nicegui import ui

_LOOK = "outlined dense"


@dataclass(slots=True)
class DialogFields:
    """What is typed into a dialog, by name; empty fields are left out of what is sent."""

    values: dict[str, object] = field(default_factory=dict)

    def given(self) -> dict[str, object]:
        """Give what was filled in."""
        return {name: value for name, value in self.values.items() if value not in (None, "", [])}

    def text(self, name: str, label: str, *, most: int = 128) -> ui.input:
        """Show a line to fill in."""
        made = ui.input(label, value=str(self.values.get(name) or ""))
        made.on_value_change(lambda event: self.values.update({name: (event.value or "").strip()}))
        return made.props(f"{_LOOK} maxlength={most}").classes("tl-fill")

    def words(self, name: str, label: str) -> ui.textarea:
        """Show a field for several lines."""
        made = ui.textarea(label, value=str(self.values.get(name) or ""))
        made.on_value_change(lambda event: self.values.update({name: (event.value or "").strip()}))
        return made.props("outlined autogrow").classes("tl-fill")

    def choose(self, name: str, label: str, options: Mapping[str, str]) -> ui.select:
        """Show a choice of a few."""
        known = self.values.get(name)
        made = ui.select(dict(options), label=label, value=known if known in options else None)
        made.on_value_change(lambda event: self.values.update({name: event.value}))
        return made.props(f"{_LOOK} options-dense").classes("tl-fill")

    def number(self, name: str, label: str) -> ui.number:
        """Show a field for a whole number."""
        made = ui.number(label, precision=0, format="%d")
        made.on_value_change(lambda event: self.values.update({name: _whole(event.value)}))
        return made.props(_LOOK).classes("tl-fill")

    def day(self, name: str, label: str) -> ui.input:
        """Show a field for a date."""
        made = self.text(name, label)
        return made.props("type=date stack-label")


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)

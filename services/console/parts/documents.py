"""A document as a form with its JSON beside it: either changes the other, faults as one types."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui
from pydantic import BaseModel, ValidationError

from services.console.parts import faults
from services.console.parts.drafts import at, list_at, text_at, with_at
from services.console.parts.pieces import action, grid, icon_button, section
from services.console.visiting.changes import NotAccepted
from services.console.visiting.visit import Visit
from shared.wire import faults_of

Lay = Callable[["DocumentForm"], None]
_WIDE = "outlined dense"


class DocumentForm:
    """One document being written; `lay` shows its fields, each bound to a path of the JSON."""

    def __init__(
        self, visit: Visit, document: dict[str, Any], model: type[BaseModel], lay: Lay
    ) -> None:
        self.visit, self.document, self._model, self._lay = visit, document, model, lay
        self._form: ui.element | None = None
        self._json: ui.textarea | None = None
        self._faults: ui.label | None = None
        self._is_begun = False

    def show(self) -> None:
        """Lay the form and its JSON out side by side."""
        say = self.visit.say
        with grid():
            with section(say("documents.as_form")):
                self._form = ui.element("div").classes("tl-document")
            with section(say("documents.as_json"), note=say("documents.as_json_note")):
                self._faults = ui.label().classes("tl-lines").props("role=status")
                self._json = ui.textarea(say("documents.as_json"), value=self._written())
                self._json.props("outlined autogrow debounce=300 spellcheck=false")
                self._json.classes("tl-fill tl-code")
                self._json.on_value_change(lambda event: self._typed(event.value or ""))
        self.refresh()
        self._check()

    @property
    def faults(self) -> list[str]:
        """Say what is wrong with the document, a line each."""
        return faults_in(self.visit, self._model, self.document)

    def may_be_saved(self) -> bool:
        """Tell whether the document is what its JSON says; somebody is told where it is not."""
        return is_readable(self.visit, self._json)

    def replace(self, document: Mapping[str, Any]) -> None:
        """Begin again from another document: a preset."""
        self.document = dict(document)
        self._changed()
        self.refresh()

    def refresh(self) -> None:
        """Lay the fields out anew: some were added or taken away."""
        if self._form is not None:
            self._form.clear()
            with self._form:
                self._lay(self)

    def put(self, value: object, *path: str | int) -> None:
        """Set one part; nothing takes it out."""
        self.document = with_at(self.document, path, value)
        self._changed()

    def put_anew(self, value: object, *path: str | int) -> None:
        """Set one part that other fields depend on."""
        self.put(value, *path)
        self.refresh()

    def text(self, label: str, *path: str | int, is_long: bool = False) -> ui.input | ui.textarea:
        """Show a field for a text."""
        kind = ui.textarea if is_long else ui.input
        made = kind(label, value=text_at(self.document, path))
        made.on_value_change(lambda event: self.put(event.value, *path))
        return made.props(_WIDE + (" autogrow" if is_long else "")).classes("tl-fill")

    def local(self, label: str, *path: str | int, is_long: bool = False) -> None:
        """Show two fields for a text in both languages."""
        with ui.element("div").classes("tl-form"):
            self.text(f"{label} (English)", *path, "en", is_long=is_long)
            self.text(f"{label} (中文)", *path, "zh", is_long=is_long)

    def number(self, label: str, *path: str | int, is_whole: bool = True) -> ui.number:
        """Show a field for a number."""
        found = at(self.document, path)
        made = ui.number(label, value=found if isinstance(found, (int, float)) else None)
        made.on_value_change(
            lambda event: self.put(_numbered(event.value, is_whole=is_whole), *path)
        )
        return made.props(_WIDE).classes("tl-fill")

    def choose(
        self,
        label: str,
        options: Mapping[str, str],
        *path: str | int,
        is_deciding: bool = False,
        may_be_empty: bool = False,
    ) -> ui.select:
        """Show a field for one of a few; `is_deciding` where other fields depend on it."""
        found = at(self.document, path)
        made = ui.select(
            dict(options),
            label=label,
            value=found if found in options else None,
            clearable=may_be_empty,
        )
        put = self.put_anew if is_deciding else self.put
        made.on_value_change(lambda event: put(event.value, *path))
        return made.props(_WIDE + " options-dense").classes("tl-fill")

    def several(
        self, label: str, options: Mapping[str, str], *path: str | int, may_add: bool = False
    ) -> ui.select:
        """Show a field for several of a few; `may_add` lets others be typed."""
        chosen = [str(each) for each in list_at(self.document, path)]
        made = ui.select(
            {**{each: each for each in chosen}, **options},
            label=label,
            value=chosen,
            multiple=True,
            clearable=True,
            new_value_mode="add-unique" if may_add else None,
        )
        made.on_value_change(lambda event: self.put(list(event.value or []), *path))
        return made.props(_WIDE + " use-chips options-dense").classes("tl-fill")

    def flag(self, label: str, *path: str | int) -> ui.checkbox:
        """Show a field for yes or no."""
        made = ui.checkbox(label, value=bool(at(self.document, path)))
        made.on_value_change(lambda event: self.put(bool(event.value), *path))
        return made

    def add(self, label: str, item: Mapping[str, Any], *path: str | int) -> None:
        """Show a button that adds an item to a list."""

        def added() -> None:
            # read now: what was typed since the button was laid out is kept
            self.put_anew([*list_at(self.document, path), dict(item)], *path)

        action(label, added, icon="add")

    def remove(self, label: str, number: int, *path: str | int) -> None:
        """Show a button that takes an item out of a list."""

        def removed() -> None:
            listed = list_at(self.document, path)
            self.put_anew([*listed[:number], *listed[number + 1 :]], *path)

        icon_button("delete", label, removed)

    def _typed(self, text: str) -> None:
        self._is_begun = True
        found = object_in(text)
        if found is None:
            self._tell([self.visit.say("documents.no_json")])
            return
        if found != self.document:
            self.document = found
            self.refresh()
        self._check()

    def _changed(self) -> None:
        self._is_begun = True
        if self._json is not None:
            self._json.set_value(self._written())
        self._check()

    def _check(self) -> None:
        lines = self.faults
        if lines and not self._is_begun and self._faults is not None:
            # an empty form has faults, and nobody's yet
            self._faults.set_text(self.visit.say("documents.begin"))
            return
        self._tell(lines)

    def _tell(self, lines: list[str]) -> None:
        if self._faults is not None:
            self._faults.set_text("\n".join(lines) or self.visit.say("documents.valid"))
            self._faults.classes(
                remove="tl-fault-text tl-fine", add="tl-fault-text" if lines else "tl-fine"
            )

    def _written(self) -> str:
        return json.dumps(self.document, ensure_ascii=False, indent=2)


def is_readable(visit: Visit, box: ui.textarea | None) -> bool:
    """Tell whether a box holds a JSON object; where not, say that nothing is saved of it."""
    if box is None or object_in(str(box.value or "")) is not None:
        return True
    faults.tell(visit, NotAccepted("documents.unreadable"))
    return False


def object_in(text: str) -> dict[str, Any] | None:
    """Read a JSON object; None where the text is none yet."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def faults_in(visit: Visit, model: type[BaseModel], document: Mapping[str, Any]) -> list[str]:
    """Say what is wrong with a document, a line each: where, and what."""
    try:
        model.model_validate_json(json.dumps(document))
    except ValidationError as error:
        return [
            f"{fault.pointer or '/'}: {faults.fault_words(visit, fault)}"
            for fault in faults_of(error, model)
        ]
    return []


def _numbered(value: float | None, *, is_whole: bool) -> float | int | None:
    if value is None:
        return None
    return int(value) if is_whole and float(value).is_integer() else value

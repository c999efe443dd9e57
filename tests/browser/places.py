"""Every page of the console with something that is really there: one of each list of the demo."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.console.pages import import_pages
from services.console.parts.frame import PAGES, PageOf
from tests.browser.console import HOME, Console

import_pages()
_PLACE: Final = re.compile(r"{(\w+)(?::\w+)?}")
#: (room, parameter) -> service, list, field of its first item
_FIRST: Final[Mapping[tuple[str, str], tuple[str, str, str]]] = {
    ("kpis", "key"): ("feedback", "/v1/kpis", "key"),
    ("segments", "key"): ("scoring", "/v1/segments?limit=1", "key"),
    ("cases", "case_id"): ("feedback", "/v1/cases?limit=1", "case_id"),
    ("cases", "feedback_id"): ("feedback", "/v1/cases?limit=1", "feedback_id"),
    ("tasks", "task_id"): ("feedback", "/v1/tasks?limit=1", "task_id"),
    ("surveys", "key"): ("feedback", "/v1/surveys?limit=1", "key"),
    ("playbooks", "key"): ("feedback", "/v1/playbooks?limit=1", "key"),
    ("playbooks", "review_id"): ("feedback", "/v1/reviews?limit=1", "review_id"),
    ("experiments", "key"): ("feedback", "/v1/experiments?limit=1", "key"),
    ("accuracy", "model_version"): ("scoring", "/v1/models", "model_version"),
    ("accuracy", "version"): ("scoring", "/v1/models", "model_version"),
    ("data", "source_id"): ("ingest", "/v1/sources?limit=1", "source_id"),
    ("data", "import_id"): ("ingest", "/v1/imports?limit=1", "import_id"),
    ("data", "quarantine_id"): ("ingest", "/v1/quarantine?limit=1", "quarantine_id"),
    ("ops", "webhook_id"): ("scoring", "/v1/webhooks?limit=1", "webhook_id"),
}
#: What every demo shop has, under its own name.
_KNOWN: Final = {
    ("customers", "customer_id"): "demo-00001",
    ("programmes", "key"): "value",
    ("programmes", "version"): "1",
    ("programmes", "number"): "1",
}


@dataclass(frozen=True, slots=True)
class Places:
    """Finds something that can stand in the places of a path."""

    console: Console

    def address_of(self, page: PageOf) -> str:
        """Give a page's path with its places filled."""
        return _PLACE.sub(lambda match: self._one(page.room, match[1]), page.path)

    def _one(self, room: str, parameter: str) -> str:
        if (room, parameter) in _KNOWN:
            return _KNOWN[room, parameter]
        if (room, parameter) == ("users", "user_id"):
            (first,) = self.console.query("SELECT user_id FROM console_users LIMIT 1")
            return str(first["user_id"])
        assert (room, parameter) in _FIRST, f"_FIRST knows no {parameter} of {room}"
        service, path, field = _FIRST[room, parameter]
        found = next(_items(self.console.ask(service, path)), None)
        # in a shop that was there before there may be none; in our own each is furnished
        assert found is not None or HOME, f"the demo shop has no {parameter} of {room}"
        return str(found[field]) if found is not None else "none"


def _items(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for value in answer.values():
        if isinstance(value, list):
            yield from value


def pages() -> list[PageOf]:
    """List every page there is, in the order of their paths."""
    return sorted(PAGES, key=lambda page: page.path)

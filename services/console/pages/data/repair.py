"""A refused record being mended: what is typed, read as JSON and judged as it is typed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from services.console.parts.documents import faults_in
from services.console.visiting.visit import Visit
from shared.contracts.events import ShopEvent
from shared.contracts.receipts import Receipt

#: What read a record -> its form, for the kinds that are ours; the service judges the others.
_FORMS: Final[Mapping[str, type[BaseModel]]] = {"read_receipt": Receipt, "read_event": ShopEvent}
_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Mended:
    """A body as typed: what it is, whether it may be sent, and what is wrong with it."""

    body: object
    is_sendable: bool
    faults: tuple[str, ...] = ()


def written(body: object) -> str:
    """Write a body for people to mend."""
    return json.dumps(body, ensure_ascii=False, indent=2)


def mended(visit: Visit, text: str, route: str) -> Mended:
    """Read what was typed; one that is no JSON cannot be sent, one with other faults may be."""
    try:
        body = json.loads(text)
    except json.JSONDecodeError as error:
        fault = visit.say("data.no_json", line=error.lineno, column=error.colno)
        return Mended(None, is_sendable=False, faults=(fault,))
    except RecursionError:
        fault = visit.say("data.too_deep")
        return Mended(None, is_sendable=False, faults=(fault,))
    form = _FORMS.get(route)
    if form is None:
        return Mended(body, is_sendable=True)
    if not isinstance(body, dict):
        return Mended(body, is_sendable=True, faults=(visit.say("data.no_object"),))
    faults = faults_in(visit, form, body)
    more = len(faults) - _SHOWN
    rest = (visit.say("data.more_faults", n=more),) if more > 0 else ()
    return Mended(body, is_sendable=True, faults=(*faults[:_SHOWN], *rest))


def is_changed(kept: object, body: object) -> bool:
    """Tell whether a body is another one than was kept, whatever its spaces."""
    return json.dumps(kept, sort_keys=True) != json.dumps(body, sort_keys=True)

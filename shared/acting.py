"""For whom the console asks: services write down the person, not the console's key."""

from dataclasses import replace
from typing import Final
from urllib.parse import quote, unquote

from shared.keys import OWN_KEYS, PERSON_PREFIX, Caller
from shared.problem import BAD_REQUEST, Problem

#: `user:<name>`, percent-encoded UTF-8: names are in any letters, headers are not.
HEADER: Final = "Tierline-Acting-For"
_RAW: Final = HEADER.lower().encode()
_CONSOLE: Final = next(name for name, source in OWN_KEYS.items() if source == "console")
_MAX_LENGTH: Final = 256


def header_of(actor: str) -> dict[str, str]:
    """Give the header that says for whom a call is made."""
    return {HEADER: quote(actor)}


def caller_for(caller: Caller, headers: list[tuple[bytes, bytes]]) -> Caller:
    """Name the person behind the console's key; other keys speak for themselves alone.

    Raises Problem 400 where the console names nobody that can be read.
    """
    if caller.name != _CONSOLE:
        return caller
    named = [value for name, value in headers if name == _RAW]
    return replace(caller, name=_read(named)) if named else caller


def _read(values: list[bytes]) -> str:
    try:
        (value,) = values
        actor = unquote(value.decode("ascii"), errors="strict")
    except ValueError:
        actor = ""
    is_name = actor.startswith(PERSON_PREFIX) and actor.isprintable()
    if not is_name or not len(PERSON_PREFIX) < len(actor) <= _MAX_LENGTH:
        raise Problem(BAD_REQUEST, f"{HEADER} names nobody")
    return actor

"""Who did something, as people are to read it."""

from typing import Final

from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.keys import PERSON_PREFIX

#: What services write down where the console asked for nobody in particular.
_CONSOLE: Final = "TIERLINE_CONSOLE_KEY"


def actor_name(visit: Visit, actor: str | None) -> str:
    """Name who did something: a person by their own name, a key by its own."""
    if actor == _CONSOLE:
        return visit.say("parts.in_the_console")
    return (actor or NOTHING).removeprefix(PERSON_PREFIX)

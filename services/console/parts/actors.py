"""Who did something, as people are to read it: services know the console only by its key."""

from typing import Final

from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit

#: What services write down as the one who changed something from a page.
_CONSOLE: Final = "TIERLINE_CONSOLE_KEY"


def actor_name(visit: Visit, actor: str | None) -> str:
    """Name who did something; who in the console it was, the audit log alone knows."""
    return visit.say("parts.in_the_console") if actor == _CONSOLE else actor or NOTHING

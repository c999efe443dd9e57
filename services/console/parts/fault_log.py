"""One line of the log for what visitors may meet; what is our fault keeps its trace."""

import logging
from typing import Final

from typing_extensions import override

from services.console.parts.faults import EXPECTED
from services.console.visiting.changes import NotAccepted, NotAllowed
from services.console.visiting.services import ServiceAway, ServiceRefused

FAULT_MET: Final = "fault_met"


class OneLine(logging.Filter):
    """Writes what was expected as one warning: NiceGUI logs all that reaches it with its trace."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, those of expected faults shortened."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, EXPECTED):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.msg, record.args = f"{FAULT_MET} {named(error)}", ()
            record.exc_info = record.exc_text = None
        return True


_ONE_LINE: Final = OneLine()


def shorten() -> None:
    """Have NiceGUI's log tell of expected faults in one line."""
    logging.getLogger("nicegui").addFilter(_ONE_LINE)


def named(error: BaseException) -> str:
    """Name a fault without what a service said of it: that may name somebody."""
    match error:
        case ServiceAway():
            what = error.service.value
        case ServiceRefused():
            what = f"{error.service.value} {error.problem.status} {error.problem.code}"
        case NotAccepted():
            what = error.key
        case NotAllowed():
            what = error.permission.value
        case _:
            what = ""
    return f"{type(error).__name__} {what}".rstrip()

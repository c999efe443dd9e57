"""What cases refuse, in sentences for people."""

from typing_extensions import override

from services.feedback.domain.cases.states import State, allowed_from
from shared.problem import DomainError


class UnknownCase(DomainError):
    """There is no case of that id."""


class CaseExists(DomainError):
    """This feedback has a case already: GET /v1/cases?feedback_id=... finds it."""


class CaseChanged(DomainError):
    """Somebody changed the case since it was read: read it again."""


class CalendarChanged(DomainError):
    """Somebody changed the calendar since it was read: read it again."""


class CalendarVersionMissing(DomainError):
    """Send the ETag of the calendar that was read as If-Match."""


class ForbiddenStep(DomainError):
    """The case may not be set to that state."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.state = state

    @property
    @override
    def detail(self) -> str:
        """Say where the case may go."""
        return allowed_from(self.state)


class AlreadyOpen(ForbiddenStep):
    """The case waits for its answer: there is nothing to reopen."""


class NoSuchFeedback(DomainError):
    """There is no feedback of that id a case could be opened for."""


class Undecided(DomainError):
    """A disputed tier is judged by a person before its case is resolved: POST .../decision."""


class NoDispute(DomainError):
    """Only the case of a tier dispute is decided."""


class DecidedBefore(DomainError):
    """The dispute has been decided: reopen the case to judge it again."""


class NotOpen(DomainError):
    """The case is resolved: reopen it to judge the tier."""


class NamesNobody(DomainError):
    """The case names no customer whose tier could be judged."""

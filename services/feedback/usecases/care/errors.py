"""What may be wrong with playbooks and tasks, in sentences for people."""

from shared.problem import DomainError


class UnknownPlaybook(DomainError):
    """There is no playbook of that key."""


class PlaybookKeyTaken(DomainError):
    """There is a playbook of that key; PUT changes it."""


class PlaybookVersionMissing(DomainError):
    """The playbook is there already: send the ETag that was read as If-Match."""


class PlaybookChanged(DomainError):
    """The playbook was changed by somebody else; read it again."""


class PlaybookStep(DomainError):
    """A playbook goes from draft to live, from live to paused and back, and from any to ended."""


class NoSuchSegment(DomainError):
    """There is no segment of that key."""


class NotLive(DomainError):
    """Only a live playbook can be run; make it live first."""


class NotByHand(DomainError):
    """Only a playbook whose trigger is manual or schedule can be run by hand."""


class TooManyPlaybooks(DomainError):
    """There are 200 live playbooks already: end or pause some first."""


class UnknownTask(DomainError):
    """There is no task of that id."""


class UnknownTaskCustomer(DomainError):
    """There is no customer of that id."""


class TaskTaken(DomainError):
    """Somebody else has taken this task on."""


class TaskClosed(DomainError):
    """This task is done, cancelled or expired already; the first answer stays."""


class ConsentWithdrawn(DomainError):
    """The customer withdrew their consent since: leave them alone, complete it as skipped."""


class WrongTaskCurrency(DomainError):
    """A task costs money in the currency of the shop."""


class BadDueInstant(DomainError):
    """A task is due within two years from now."""


class BadDoneInstant(DomainError):
    """A task that is done was done by now: occurred_at lies ahead."""


class BadTaskCursor(DomainError):
    """The cursor is none of ours: take the next_cursor of a page."""

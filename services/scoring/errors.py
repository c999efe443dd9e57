"""What scoring may answer instead, in sentences for people, and their HTTP forms."""

from typing import Final

from typing_extensions import override

from shared.problem import (
    INVALID,
    NOT_FOUND,
    NOT_READY,
    DomainError,
    Kind,
    ProblemTable,
)


class UnknownProgramme(DomainError):
    """There is no programme of that key."""


class UnknownCustomer(DomainError):
    """There is no customer of that id."""


class UnknownModel(DomainError):
    """There is no model of that version."""


class NoModelYet(DomainError):
    """No value model has been trained yet: POST /v1/models/train."""


class ReleaseBroken(DomainError):
    """The live release cannot be loaded: its model artefact is missing, foreign or outdated."""


class CannotTrain(DomainError):
    """The value model cannot be trained on the shop's history."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    @override
    def detail(self) -> str:
        """Say why."""
        return self.reason


_NO_MODEL: Final = Kind(409, "no_model_yet", "There is no model yet")

PROBLEMS: Final[ProblemTable] = {
    UnknownProgramme: NOT_FOUND,
    UnknownCustomer: NOT_FOUND,
    UnknownModel: NOT_FOUND,
    NoModelYet: _NO_MODEL,
    ReleaseBroken: NOT_READY,
    CannotTrain: INVALID,
}

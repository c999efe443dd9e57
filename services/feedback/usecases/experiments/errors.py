"""What experiments may answer instead, in sentences for people, and their HTTP forms."""

from typing import Final

from shared.problem import NOT_FOUND, DomainError, Kind, ProblemTable, invalid_at


class UnknownExperiment(DomainError):
    """There is no experiment of that key."""


class ExperimentExists(DomainError):
    """There is an experiment of that key already: PUT changes it."""


class ExperimentChanged(DomainError):
    """Somebody else changed the experiment, or If-Match is missing: send the ETag that you read."""


class ExperimentRuns(DomainError):
    """The experiment runs: only names, the owner, its end and a growing hold-out may change."""


class ExperimentOver(DomainError):
    """The experiment has ended: what it found stays as it is, begin another one."""


class SubjectTaken(DomainError):
    """Another experiment about the same thing runs: stop that one first."""


class NothingToCompare(DomainError):
    """The audience has nobody: there is nothing to plan from."""


EXPERIMENT_PROBLEMS: Final[ProblemTable] = {
    UnknownExperiment: NOT_FOUND,
    ExperimentExists: Kind(409, "experiment_exists", "There is an experiment of that key"),
    ExperimentChanged: Kind(412, "precondition_failed", "It was changed by somebody else"),
    ExperimentRuns: Kind(409, "experiment_runs", "The experiment runs"),
    ExperimentOver: Kind(409, "experiment_over", "The experiment has ended"),
    SubjectTaken: Kind(409, "subject_taken", "Another experiment is about this"),
    NothingToCompare: invalid_at("/segment", "empty"),
}

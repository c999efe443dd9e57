"""What goes wrong with reviews."""

from shared.problem import DomainError


class UnknownReview(DomainError):
    """There is no such review."""


class UnknownFinding(DomainError):
    """The review has no such finding."""


class FindingChanged(DomainError):
    """The finding was changed by somebody else; read it again."""


class QuarterNotBegun(DomainError):
    """The quarter has not begun yet: there is nothing to review."""

"""What can be wrong with a request to ingest, in words of the shop."""

from shared.problem import DomainError


class UnknownCustomer(DomainError):
    """There is no such customer."""


class Busy(DomainError):
    """Too many writers want the same customers just now; nothing was stored, send it again."""


class SumsOutOfRange(DomainError):
    """The batch would make a sum larger than can be kept exactly; nothing was stored."""

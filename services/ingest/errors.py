"""What can be wrong with a request to ingest, in words of the shop."""

from shared.problem import DomainError


class UnknownCustomer(DomainError):
    """There is no such customer."""

"""Refuse a document or answers with every fault that was found."""

from collections.abc import Sequence

from services.feedback.domain.fault import DocumentFault
from shared.problem import INVALID, FieldFault, Problem


def refuse(faults: Sequence[DocumentFault], words: str = "") -> None:
    """Let pass what has no faults; raises Problem 422 with each place and what to write there."""
    if faults:
        errors = [FieldFault(each.pointer, each.code, each.message) for each in faults]
        raise Problem(INVALID, words, errors=errors)

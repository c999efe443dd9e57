"""Adds up what ingest answered, and refuses to go on when an answer is not what was sent."""

from dataclasses import dataclass
from typing import Any

from deploy.demo.calls import DemoFailed


@dataclass(slots=True)
class Tally:
    """Counts of one stream over all its batches."""

    stream: str
    accepted: int = 0
    duplicates: int = 0

    def add(self, sent: int, answer: dict[str, Any]) -> None:
        """Count one batch; DemoFailed when an item is refused, in conflict or unaccounted for."""
        refused = [*answer["rejected"], *answer["conflicts"]]
        if refused:
            message = f"{len(refused)} of {sent} {self.stream}s were refused, first: {refused[0]}"
            raise DemoFailed(message)
        self.accepted += answer["accepted"]
        self.duplicates += answer["duplicates"]
        if answer["accepted"] + answer["duplicates"] != sent:
            message = f"{sent} {self.stream}s sent, but the answer counts {answer}"
            raise DemoFailed(message)

    def settle(self, originals: int, copies: int, *, may_know: bool) -> None:
        """Check the whole stream: every first delivery was accepted and no copy was.

        `may_know`: requests were sent again or the shop was posted before, so that originals may
        be duplicates too; even then no more than the originals may have been accepted.
        """
        if self.accepted == originals or (may_know and self.accepted < originals):
            return
        message = (
            f"{originals} {self.stream}s and {copies} copies were sent, but {self.accepted} "
            f"were accepted and {self.duplicates} were duplicates"
        )
        raise DemoFailed(message)

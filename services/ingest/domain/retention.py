"""How long rows are kept: every kind, with what it holds of people."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

#: The log of connectors tells of the last weeks; days are kept longer.
HOURS_KEPT_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of row. `keep_days` None: for ever; `has_own_end`: each row says when it goes."""

    name: str
    what: str
    keep_days: int | None
    has_own_end: bool = False

    def before(self, now: datetime) -> datetime | None:
        """Return the instant before which rows are due; None for never."""
        if self.keep_days is None:
            return None
        return now if self.has_own_end else now - timedelta(days=self.keep_days)


def rules(
    *, quarantine: int, imports: int, sources: int, properties: int, tombstones: int
) -> tuple[Rule, ...]:
    """Return every rule with its days; 0 days mean for ever, but tombstones always end."""
    return (
        Rule("quarantine", "refused items, their bodies encrypted", quarantine or None),
        Rule("import_errors", "refused rows of files, without their text", imports or None),
        Rule("source_day", "counts by source and day; nobody is named", sources or None),
        Rule("source_hour", "counts by source and hour; nobody is named", HOURS_KEPT_DAYS),
        Rule("event_properties", "free properties of events", properties or None),
        Rule(
            "tombstones",
            "hashes of the erased, until they are welcome again",
            tombstones,
            has_own_end=True,
        ),
    )

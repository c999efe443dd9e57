"""The one schema: tables by owning service, and the migrations that make them.

`metadata.py` naming and column shorthands · `migrate.py` brings a database to the newest level ·
tables by owner: `ingest.py` `intake.py` · scoring: `scoring.py` `programmes.py` `rewards.py`
`segments.py` `announcements.py` · `feedback.py` · `platform.py`.
Only the owner writes a table; everybody may read it.
"""

from shared.schema import (
    announcements,
    feedback,
    ingest,
    intake,
    platform,
    programmes,
    rewards,
    scoring,
    segments,
)
from shared.schema.metadata import metadata

__all__ = [
    "announcements",
    "feedback",
    "ingest",
    "intake",
    "metadata",
    "platform",
    "programmes",
    "rewards",
    "scoring",
    "segments",
]

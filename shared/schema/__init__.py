"""The one schema: tables by owning service, and the migrations that make them.

`metadata.py` naming and column shorthands · `migrate.py` brings a database to the newest level ·
tables by owner · ingest: `ingest.py` `people.py` `facts.py` `intake.py` · scoring: `scoring.py`
`programmes.py` `rewards.py` `segments.py` `announcements.py` `overview.py` · feedback:
`feedback.py` `surveys.py` `cases.py` `contacts.py` `care.py` `experiments.py` `kpis.py`
`reviews.py` · `console.py` · `platform.py`.
Only the owner writes a table; everybody may read it.
"""

from shared.schema import (
    announcements,
    care,
    cases,
    console,
    contacts,
    experiments,
    facts,
    feedback,
    ingest,
    intake,
    kpis,
    overview,
    people,
    platform,
    programmes,
    reviews,
    rewards,
    scoring,
    segments,
    surveys,
)
from shared.schema.metadata import metadata

__all__ = [
    "announcements",
    "care",
    "cases",
    "console",
    "contacts",
    "experiments",
    "facts",
    "feedback",
    "ingest",
    "intake",
    "kpis",
    "metadata",
    "overview",
    "people",
    "platform",
    "programmes",
    "reviews",
    "rewards",
    "scoring",
    "segments",
    "surveys",
]

"""The one schema: tables by owning service, and the migrations that make them.

`metadata.py` naming and column shorthands · `ingest.py` · `intake.py` · `scoring.py` ·
`feedback.py` · `platform.py` tables by owner · `migrate.py` brings a database to the newest level.
Only the owner writes a table; everybody may read it.
"""

from shared.schema import feedback, ingest, intake, platform, scoring
from shared.schema.metadata import metadata

__all__ = ["feedback", "ingest", "intake", "metadata", "platform", "scoring"]

"""`python -m deploy.demo`: plays the demo shop into services that already run.

Reads INGEST_URL, SCORING_URL, FEEDBACK_URL and TIERLINE_ADMIN_KEY; DEMO_CUSTOMERS sets the size.
"""

import asyncio
import os
from datetime import UTC, datetime

from deploy.demo.play import play


def main() -> None:
    """Play up to now."""
    asyncio.run(
        play(
            ingest_url=os.environ["INGEST_URL"],
            scoring_url=os.environ["SCORING_URL"],
            feedback_url=os.environ["FEEDBACK_URL"],
            key=os.environ["TIERLINE_ADMIN_KEY"],
            now=datetime.now(UTC),
            customers=int(os.environ.get("DEMO_CUSTOMERS", "2000")),
        )
    )


if __name__ == "__main__":
    main()

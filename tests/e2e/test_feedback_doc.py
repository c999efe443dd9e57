"""docs/feedback.md runs from top to bottom on real processes, and says what comes back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.databases import Databases
from tests.doc_blocks import blocks_of, wrong_in
from tests.e2e.test_freshness import worker
from tests.servers import add_key, running
from tests.trained import NOW


@contextmanager
def shop_at(url: str) -> Iterator[dict[str, str]]:
    """Run every service and the worker; gives what a shell needs to know of them."""
    key = add_key(url)
    settings = {"BUSINESS_NOW": NOW.isoformat(), "TIERLINE_SERVICE_KEY": key}
    with (
        running("scoring", url, **settings) as scoring,
        running("ingest", url, SCORING_URL=scoring.url, **settings) as ingest,
        running(
            "feedback", url, SCORING_URL=scoring.url, INGEST_URL=ingest.url, **settings
        ) as feedback,
        worker(feedback),
    ):
        yield {
            "INGEST_URL": ingest.url,
            "SCORING_URL": scoring.url,
            "FEEDBACK_URL": feedback.url,
            "TIERLINE_ADMIN_KEY": key,
        }


def test_the_document_says_what_its_commands_print(
    databases: Databases, trained_template: str, tmp_path: Path
) -> None:
    with databases.temporary(trained_template) as url, shop_at(url) as environ:
        wrong = wrong_in(blocks_of("feedback.md"), tmp_path, environ)
    assert not wrong, "\n\n".join(wrong)

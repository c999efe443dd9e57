"""What the demo shop has none of, so that every page has something to show."""

import httpx

from services.scoring.routes.contracts.webhook_contracts import EXAMPLE_ENDPOINT
from shared.contracts.segments import EXAMPLE_SEGMENT
from tests.browser.console import Console
from tests.factories import make_receipt

_ROWS = "customer_id,occurred_at,amount\ndemo-00001,2026-11-01T10:00:00Z,12.50\n"


def furnish(console: Console) -> None:
    """Add a refused receipt, an import, a web hook and a segment."""
    bad = make_receipt(total={"net": "9.99"})  # its lines come to 12.37
    console.tell("ingest", "/v1/receipts", {"receipts": [bad]})
    _import(console)
    console.tell("scoring", "/v1/webhooks", EXAMPLE_ENDPOINT)
    console.tell("scoring", "/v1/segments", EXAMPLE_SEGMENT)


def _import(console: Console) -> None:
    key = console.environ["TIERLINE_ADMIN_KEY"]
    answer = httpx.post(
        f"{console.environ['INGEST_URL']}/v1/imports?currency=CNY&dry_run=true&file_name=rows.csv",
        content=_ROWS,
        headers={"Authorization": f"Bearer {key}", "Content-Type": "text/csv"},
        timeout=30,
        trust_env=False,
    )
    answer.raise_for_status()

"""What the real clients were captured sending arrives once each, however often it is sent."""

import gzip
import json
from base64 import b64encode
from typing import Any

import pytest

from tests.integration.ingest.conftest import Body, Shop
from tests.paths import require_shared

CAPTURED = (
    "rudder_node_gzip1", "rudder_python_gzip1", "rudder_python_retry_202",
    "rudder_python_retry_422", "segment_node", "segment_python_gzip0", "segment_python_gzip1",
    "segment_python_retry_503_ra2",
)  # fmt: skip


def captured(name: str) -> list[Body]:
    posts: list[Body] = json.loads(require_shared(f"wire/segment/{name}.json").read_text("utf-8"))
    return posts


async def deliver(shop: Shop, post: Body, key: str) -> None:
    """Post a captured body again, packed and described as it was."""
    body = json.dumps(post["body"]).encode()
    headers = {
        "Content-Type": post["headers"]["Content-Type"],
        "Authorization": f"Basic {b64encode(f'{key}:'.encode()).decode()}",
    }
    if post["headers"].get("Content-Encoding") == "gzip":
        body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
    answer = await shop.http.post(post["path"], content=body, headers=headers)
    assert (answer.status_code, answer.content) == (200, b'{"success":true}')


@pytest.mark.parametrize("name", CAPTURED)
async def test_captured_posts_arrive_once_each(shop: Shop, name: str) -> None:
    key = await shop.key("events:write")
    posts = captured(name)
    for post in posts * 2:
        await deliver(shop, post, key)
    sent: dict[str, Any] = {
        each["messageId"]: each for post in posts for each in post["body"]["batch"]
    }
    # the captured retries told an order without saying which: kept aside, once
    bad = sum(each.get("properties") == {} for each in sent.values())
    assert await shop.count("events") == len(sent) - bad
    assert await shop.count("quarantine") == bad
    orders = [each for each in sent.values() if each.get("event") == "Order Completed"]
    assert await shop.count("orders") == len(orders) - bad


@pytest.mark.parametrize("name", [name for name in CAPTURED if "retry" not in name])
async def test_a_captured_order_counts_its_revenue(shop: Shop, name: str) -> None:
    key = await shop.key("events:write")
    for post in captured(name):
        await deliver(shop, post, key)
    day = await shop.day("u-1")
    assert (day["net_booked"], day["orders"], day["online_orders"]) == (2500, 1, 1)

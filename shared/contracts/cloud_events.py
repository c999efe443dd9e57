"""CloudEvents 1.0 as they may be posted: structured, and in batches."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, RootModel

from shared.contracts.receipts import MAX_ITEMS

STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"


class CloudEvent(BaseModel):
    """One event, as the document shows it; `data` holds `customer` and `properties` of ours."""

    model_config = ConfigDict(extra="allow")

    specversion: str = Field(examples=["1.0"])
    id: str
    source: str
    type: str = Field(examples=["com.example.order.completed"])
    time: str | None = None
    subject: str | None = Field(default=None, examples=["customer/c-1"])
    datacontenttype: str | None = None
    data: Any = None


class RawCloudEventBatch(RootModel[list[Any]]):
    """The envelope alone: items are validated one by one."""

    model_config = ConfigDict(strict=True, hide_input_in_errors=True)

    root: list[Any] = Field(min_length=1, max_length=MAX_ITEMS)


EXAMPLE_CLOUD_EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "ev-1",
    "source": "/shop/1",
    "type": "com.example.product.viewed",
    "time": "2026-11-21T12:20:00+08:00",
    "data": {"customer": {"customer_id": "c-1"}, "properties": {"sku": "6927165"}},
}

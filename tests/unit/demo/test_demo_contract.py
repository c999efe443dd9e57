"""Our own contract types accept every body of the demo shop."""

from deploy.demo.delivery import Delivery, Stream
from deploy.demo.shop import customers, stores
from deploy.demo.spec import ShopSpec
from shared.contracts.customers import CustomerUpdate, StoreUpdate
from shared.contracts.events import ShopEvent
from shared.contracts.feedback import FeedbackRequest
from shared.contracts.receipts import Receipt
from shared.wire import WireModel

CONTRACTS: dict[Stream, type[WireModel]] = {
    Stream.RECEIPT: Receipt,
    Stream.EVENT: ShopEvent,
    Stream.FEEDBACK: FeedbackRequest,
}


def test_contract_types_accept_every_delivery(deliveries: list[Delivery]) -> None:
    # Every third: a prime step over mixed streams sees every kind, in a third of the time.
    shown = deliveries[::3]
    parsed = [CONTRACTS[delivery.stream].model_validate(delivery.body) for delivery in shown]
    assert {type(body) for body in parsed} == set(CONTRACTS.values())


def test_contract_types_accept_every_profile_and_store(spec: ShopSpec) -> None:
    profiles = [CustomerUpdate.model_validate(body) for _, body in customers(spec)]
    places = [StoreUpdate.model_validate(body) for _, body in stores()]
    assert {profile.consents["service"] for profile in profiles} == {True}
    assert {place.time_zone for place in places} == {"Asia/Shanghai"}

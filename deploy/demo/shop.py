"""The demo shop as others use it: columns for benches, deliveries for the player and tests."""

from collections.abc import Iterator

from deploy.demo.bodies import customer_bodies, receipt_bodies, store_body
from deploy.demo.browsing import Browsing
from deploy.demo.catalogue import STORES
from deploy.demo.columns import Receipts
from deploy.demo.days import business_days
from deploy.demo.delivery import Delivery, Post, Stream
from deploy.demo.names import Body
from deploy.demo.population import population
from deploy.demo.spec import ShopSpec, instant_s
from deploy.demo.voices import Voices


def stores() -> list[tuple[str, Body]]:
    """Give each store's id and the body of `PUT /v1/stores/{id}`."""
    return [(store.store_id, store_body(store)) for store in STORES]


def customers(spec: ShopSpec) -> Iterator[tuple[str, Body]]:
    """Yield each customer's id and the body of `PUT /v1/customers/{id}`."""
    return customer_bodies(spec, population(spec))


def newcomers(spec: ShopSpec, since: int, until: int) -> Iterator[tuple[str, Body]]:
    """Yield those of `customers` whose first day began in [since, until), seconds since 1970."""
    crowd = population(spec)
    for row, customer in enumerate(customer_bodies(spec, crowd)):
        if since <= instant_s(spec.first_day + int(crowd.joined[row]), 0) < until:
            yield customer


def columns(spec: ShopSpec) -> Iterator[Receipts]:
    """Yield the receipts of each business date as columns, each receipt once."""
    return business_days(spec, population(spec))


def generate(spec: ShopSpec) -> Iterator[Delivery]:
    """Yield receipts, events and feedback in the order in which they are delivered."""
    crowd = population(spec)
    browsing, voices, post = Browsing(spec, crowd), Voices(spec), Post(spec)
    for offset, receipts in enumerate(business_days(spec, crowd)):
        day = spec.first_day + offset
        post.send_receipts(day, receipts, receipt_bodies(spec, receipts))
        for second, event in browsing.events(offset, receipts):
            post.send(instant_s(day, second + 2), Stream.EVENT, event)
        for second, said in voices.feedback(day, receipts):
            post.send(instant_s(day, second + 5), Stream.FEEDBACK, said)
        yield from post.arrived(day)

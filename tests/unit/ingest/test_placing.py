from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.identity import Directory
from services.ingest.domain.placing import at, place, place_unclaimed, pseudonym
from services.ingest.domain.records import OrderKey
from services.ingest.usecases.read_receipts import natural_key, read_receipt
from shared.contracts.receipts import Receipt
from tests.tills import Body, back, receipt, void
from tests.unit.ingest.readings import make_reading

ANN = UUID(int=1)


def arrival(body: Body, index: int = 0) -> Arrival:
    return read_receipt(index, body, make_reading())


def ids() -> Iterator[UUID]:
    return (UUID(int=number) for number in range(1, 99))


def test_two_receipts_of_one_new_customer_make_one_profile() -> None:
    new = ids()
    batch = [arrival(receipt(number), number) for number in (1, 2)]
    placement = place(batch, Directory({}, {}), lambda: next(new))
    assert placement.new_profiles == {ANN: "c-1"}
    assert {a.record.occasion.profile_id for a in placement.placed} == {ANN}
    assert len(placement.gained) == 1


def test_a_profile_known_by_phone_gains_the_customer_id() -> None:
    phone = {"phone": "+8613800138000"}
    (claim,) = arrival(receipt(1, customer=phone)).claims
    named = arrival(receipt(2, customer=phone | {"customer_id": "c-1"}))
    placement = place([named], Directory({claim: ANN}, {}), ids().__next__)
    assert (placement.named_profiles, placement.new_profiles) == ({ANN: "c-1"}, {})


def test_a_receipt_that_names_nobody_is_left_for_later() -> None:
    anonymous = arrival(receipt(1, customer=None))
    placement = place([anonymous], Directory({}, {}), ids().__next__)
    assert (placement.unclaimed, placement.placed) == ([anonymous], [])


@pytest.mark.parametrize("kind", [back, void])
@pytest.mark.parametrize(
    ("owner", "known", "is_anonymous"),
    [(ANN, {ANN}, False), (ANN, set(), True), (None, {ANN}, True)],
    ids=("customer", "store", "nobody"),
)
def test_what_undoes_a_sale_goes_to_a_known_owner(
    kind: type, owner: UUID | None, known: set[UUID], is_anonymous: bool
) -> None:
    sale = receipt(1)
    undoing = arrival(kind(2, sale, customer=None))
    owners = {OrderKey(natural_key(Receipt.model_validate(sale))): owner} if owner else {}
    placed = place_unclaimed(undoing, owners, known).record.occasion
    expected = pseudonym("s-1") if is_anonymous else ANN
    assert (placed.profile_id, placed.is_anonymous) == (expected, is_anonymous)


def test_an_anonymous_sale_belongs_to_its_store() -> None:
    placed = place_unclaimed(arrival(receipt(1, customer=None)), {}, {ANN}).record.occasion
    assert placed.profile_id == pseudonym("s-1") != pseudonym("s-2") != pseudonym(None)


def test_placing_changes_only_whose_it_is() -> None:
    before = arrival(receipt(1))
    placed = at(before, ANN, is_anonymous=True)
    where = replace(before.record.occasion, profile_id=ANN, is_anonymous=True)
    assert placed == replace(before, record=replace(before.record, occasion=where))

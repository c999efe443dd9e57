import pytest
from pydantic import ValidationError

from services.ingest.domain.identity import TRUST, Claim, Directory, resolve
from services.ingest.settings import IngestSettings
from tests.unit.ingest.test_identity import ANN, BOB, CARD, NEW, PHONE

PHONE_FIRST = ("phone", *(kind for kind in TRUST if kind != "phone"))


@pytest.mark.parametrize(
    ("order", "who"), [(TRUST, ANN), (PHONE_FIRST, BOB)], ids=("as-shipped", "phone-first")
)
def test_the_order_of_trust_says_whose_a_record_is(order: tuple[str, ...], who: object) -> None:
    known = Directory({CARD: ANN, PHONE: BOB}, {}, order=order)
    assert resolve([CARD, PHONE], known, new_id=NEW).profile_id == who


def test_a_new_customer_id_never_joins_another_in_any_order() -> None:
    known = Directory({PHONE: BOB}, {BOB: b"bob"}, order=PHONE_FIRST)
    eve = Claim("customer_id", b"eve")
    assert resolve([eve, PHONE], known, new_id=NEW).profile_id == NEW


def test_the_order_is_a_setting() -> None:
    assert IngestSettings().trust == TRUST
    assert IngestSettings(identity_order=" , ".join(PHONE_FIRST)).trust == PHONE_FIRST


@pytest.mark.parametrize("kinds", [TRUST[1:], (*TRUST, "phone"), ("name", *TRUST[1:])])
def test_an_order_that_does_not_name_each_kind_once_stops_the_start(kinds: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError, match="must name each of"):
        IngestSettings(identity_order=",".join(kinds))

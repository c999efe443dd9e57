from uuid import UUID

import pytest

from services.ingest.domain.identity import (
    WEAK,
    Claim,
    Conflict,
    Directory,
    Resolution,
    resolve,
)

ANN, BOB, NEW = UUID(int=1), UUID(int=2), UUID(int=9)
ID_ANN, ID_BOB = Claim("customer_id", b"ann"), Claim("customer_id", b"bob")
ID_EVE = Claim("customer_id", b"eve")
CARD, PHONE, EMAIL = Claim("loyalty_account", b"c"), Claim("phone", b"p"), Claim("email", b"e")
ERP, DEVICE = Claim("external:erp", b"x"), Claim("device_id", b"d")


def directory(*held: tuple[Claim, UUID]) -> Directory:
    """Who holds what; a profile has the customer id it holds."""
    named = {profile: claim.key for claim, profile in held if claim.kind == "customer_id"}
    strong = {profile for claim, profile in held if claim.kind not in WEAK}
    return Directory(dict(held), named, strong=strong)


@pytest.mark.parametrize(
    ("claims", "known", "profile"),
    [
        pytest.param([ID_ANN], [(ID_ANN, ANN)], ANN, id="own-id"),
        pytest.param([PHONE, ID_ANN], [(ID_ANN, ANN), (PHONE, BOB)], ANN, id="id-before-phone"),
        pytest.param([PHONE, CARD], [(CARD, ANN), (PHONE, BOB)], ANN, id="card-before-phone"),
        pytest.param([EMAIL, PHONE], [(EMAIL, ANN), (PHONE, BOB)], BOB, id="phone-before-mail"),
        pytest.param([PHONE, ERP], [(ERP, ANN), (PHONE, BOB)], ANN, id="external-before-phone"),
        pytest.param([ERP, CARD], [(ERP, ANN), (CARD, BOB)], BOB, id="card-before-external"),
        pytest.param([DEVICE, EMAIL], [(DEVICE, ANN), (EMAIL, BOB)], BOB, id="mail-before-device"),
        pytest.param([PHONE], [], NEW, id="nobody-known"),
        pytest.param([ID_EVE, PHONE], [(PHONE, BOB)], BOB, id="joins-a-nameless-profile"),
        pytest.param(
            [ID_EVE, PHONE], [(PHONE, BOB), (ID_BOB, BOB)], NEW, id="never-joins-another-id"
        ),
        pytest.param(
            [ID_EVE, CARD, PHONE],
            [(CARD, BOB), (ID_BOB, BOB), (PHONE, ANN)],
            ANN,
            id="next-best-that-may-be-joined",
        ),
        pytest.param([CARD], [(CARD, BOB), (ID_BOB, BOB)], BOB, id="card-alone"),
    ],
)
def test_the_most_trusted_claim_that_may_decide_does(
    claims: list[Claim], known: list[tuple[Claim, UUID]], profile: UUID
) -> None:
    for order in (claims, claims[::-1]):
        resolution = resolve(order, directory(*known), new_id=NEW)
        assert resolution.profile_id == profile
        assert resolution.is_new == (profile == NEW)


def test_unclaimed_identifiers_are_gained() -> None:
    known = directory((ID_ANN, ANN))
    assert resolve([PHONE, ID_ANN], known, new_id=NEW).gained == (PHONE,)


def test_a_contested_identifier_stays_and_is_listed() -> None:
    known = directory((ID_ANN, ANN), (PHONE, BOB))
    resolution = resolve([ID_ANN, PHONE], known, new_id=NEW)
    assert resolution == Resolution(ANN, False, (), (Conflict(PHONE, ANN, BOB),))


def test_a_phone_two_customer_ids_share_leads_each_to_their_own() -> None:
    known = directory((ID_BOB, BOB), (PHONE, BOB))
    first = resolve([ID_ANN, PHONE], known, new_id=NEW)
    known.learn(first)
    assert first.conflicts == (Conflict(PHONE, NEW, BOB),)
    assert resolve([ID_ANN, PHONE], known, new_id=UUID(int=10)).profile_id == NEW
    assert resolve([ID_BOB, PHONE], known, new_id=UUID(int=10)).profile_id == BOB
    assert resolve([PHONE], known, new_id=UUID(int=10)).profile_id == BOB


def test_a_directory_learns_what_a_record_gained() -> None:
    known = directory()
    known.learn(resolve([ID_ANN, PHONE], known, new_id=ANN))
    assert known == directory((ID_ANN, ANN), (PHONE, ANN))


def merged(*held: tuple[Claim, UUID]) -> Directory:
    """A directory in which Bob's profile counts for Ann."""
    known = directory(*held)
    known.join(BOB, ANN)
    return known


def test_two_identifiers_of_one_merged_customer_are_no_conflict() -> None:
    known = merged((ID_ANN, ANN), (PHONE, BOB))
    assert resolve([ID_ANN, PHONE], known, new_id=NEW) == Resolution(ANN, False, (), ())


def test_a_merged_profile_keeps_resolving_by_its_own_identifiers() -> None:
    known = merged((ID_ANN, ANN), (PHONE, BOB))
    assert resolve([PHONE, EMAIL], known, new_id=NEW) == Resolution(BOB, False, (EMAIL,), ())


def test_a_new_customer_id_never_joins_who_counts_for_another() -> None:
    known = merged((ID_ANN, ANN), (DEVICE, BOB))
    resolution = resolve([ID_EVE, DEVICE], known, new_id=NEW)
    assert resolution == Resolution(NEW, True, (ID_EVE,), (Conflict(DEVICE, NEW, BOB),))


def test_a_new_customer_id_is_gained_by_whom_the_profile_counts_for() -> None:
    known = merged((EMAIL, ANN), (DEVICE, BOB))
    assert resolve([ID_EVE, DEVICE], known, new_id=NEW) == Resolution(ANN, False, (ID_EVE,), ())

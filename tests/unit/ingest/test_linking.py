from uuid import UUID

import pytest

from services.ingest.domain.identity import Claim, Conflict, Directory, resolve
from services.ingest.domain.linking import Link, Linking, Move, link_explicitly
from tests.unit.ingest.test_identity import (
    ANN,
    BOB,
    DEVICE,
    EMAIL,
    ID_ANN,
    ID_BOB,
    NEW,
    PHONE,
    directory,
)

WEB, APP = Claim("anonymous_id", b"w"), Claim("anonymous_id", b"a")


def identified(known: Directory, *claims: Claim, previous: tuple[Claim, ...] = ()) -> Linking:
    resolution = resolve(claims, known, new_id=NEW)
    known.learn(resolution)
    return link_explicitly(resolution, previous, known)


def test_a_browser_nobody_owns_becomes_a_part_of_the_person() -> None:
    known = directory((ID_ANN, ANN), (WEB, BOB), (DEVICE, BOB))
    assert identified(known, ID_ANN, WEB) == Linking(links=[Link(BOB, ANN, "identify")])
    assert known.root_of(BOB) == ANN


def test_a_browser_of_somebody_else_moves_alone() -> None:
    known = directory((ID_ANN, ANN), (ID_BOB, BOB), (WEB, BOB))
    assert identified(known, ID_ANN, WEB) == Linking(moves=[Move(WEB, BOB, ANN)])
    assert known.holders[WEB] == ANN


def test_a_browser_linked_to_somebody_else_moves_alone() -> None:
    known = directory((ID_ANN, ANN), (ID_BOB, BOB), (WEB, NEW))
    known.join(NEW, BOB)
    assert identified(known, ID_ANN, WEB) == Linking(moves=[Move(WEB, NEW, ANN)])


def test_a_new_person_in_a_browser_that_is_known_takes_it_over() -> None:
    known = directory((WEB, BOB))
    assert identified(known, ID_ANN, WEB) == Linking()
    assert known.holders[ID_ANN] == BOB


def test_what_is_linked_already_is_not_linked_again() -> None:
    known = directory((ID_ANN, ANN), (WEB, BOB))
    known.join(BOB, ANN)
    assert identified(known, ID_ANN, WEB) == Linking()


@pytest.mark.parametrize("claim", [PHONE, EMAIL], ids=("phone", "email"))
def test_a_phone_or_an_address_stays_contested(claim: Claim) -> None:
    known = directory((ID_ANN, ANN), (claim, BOB))
    assert identified(known, ID_ANN, claim) == Linking(conflicts=[Conflict(claim, ANN, BOB)])


def test_one_browser_never_takes_another() -> None:
    known = directory((DEVICE, ANN), (WEB, BOB))
    assert identified(known, DEVICE, WEB) == Linking(conflicts=[Conflict(WEB, ANN, BOB)])


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ([(ID_BOB, BOB)], Linking(links=[Link(BOB, ANN, "alias")])),
        ([(APP, BOB)], Linking(links=[Link(BOB, ANN, "alias")])),
        ([(APP, BOB), (PHONE, BOB)], Linking(moves=[Move(APP, BOB, ANN)])),
        ([(APP, ANN)], Linking()),
        ([], Linking(gained=[APP])),
    ],
    ids=("customer", "browser", "browser-of-another", "own", "unknown"),
)
def test_an_alias_brings_who_the_person_was_before(
    held: list[tuple[Claim, UUID]], expected: Linking
) -> None:
    known = directory((ID_ANN, ANN), *held)
    assert identified(known, ID_ANN, previous=(ID_BOB, APP)) == expected


def test_of_two_people_the_one_with_a_customer_id_wins() -> None:
    known = directory((EMAIL, ANN), (ID_BOB, BOB))
    linking = identified(known, EMAIL, previous=(ID_BOB,))
    assert linking == Linking(links=[Link(ANN, BOB, "alias")])

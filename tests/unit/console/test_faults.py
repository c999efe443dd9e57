"""Refusals as people read them: short, with the names of fields, and with a way out."""

import pytest

from services.console.accounts.person import Language
from services.console.parts.faults import place_of, words_of
from services.console.visiting.services import Service, ServiceRefused
from shared.clients.transport import FieldFault, RemoteProblem
from tests.unit.console.visits import stage


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("/document/tiers/2/enter", "Threshold to enter (no. 3)"),
        ("/reason", "Reason"),
        ("/body", ""),
        ("/odd/0/thing", "/odd/0/thing"),
        ("", ""),
    ],
)
def test_a_pointer_is_said_as_the_name_of_its_field(pointer: str, place: str) -> None:
    assert place_of(stage().visit, pointer) == place


def refused(code: str, detail: str, *faults: FieldFault) -> ServiceRefused:
    return ServiceRefused(Service.INGEST, RemoteProblem(422, code, detail, faults))


def test_faults_are_told_without_saying_first_that_there_are_some() -> None:
    error = refused("invalid", "The request has faults", FieldFault("/reason", "is due", "missing"))
    assert words_of(stage().visit, error) == "Please correct:\nReason: is due"


@pytest.mark.parametrize("language", list(Language), ids=str)
def test_a_missing_exchange_rate_says_where_to_enter_it(language: Language) -> None:
    fault = FieldFault("/body", "there is no exchange rate to CNY on that date", "unknown_rate")
    told = words_of(stage(language=language).visit, refused("refused", "Refused again", fault))
    assert "POST /v1/exchange-rates" in told
    assert "/body" not in told


def test_a_fault_of_the_whole_keeps_the_sentence_that_names_the_part() -> None:
    fault = FieldFault("", "/type must be one of a, b", "not_allowed")
    told = words_of(stage(language=Language.CHINESE).visit, refused("refused", "No", fault))
    assert "此处不允许该值。（/type must be one of a, b）" in told

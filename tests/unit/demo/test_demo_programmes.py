"""The demo shop's club says what its benefits cost, so that another bar has a price."""

from deploy.demo.programmes import COFFEE, COSTS, priced
from services.scoring.domain.programmes.checking import faults_of
from tests.unit.scoring.test_programme_presets import PRESETS


def test_the_club_is_the_preset_with_the_costs_of_its_benefits() -> None:
    club = priced(PRESETS[COFFEE])
    stated = {each["key"]: each["cost"]["amount"] for each in club["benefits"] if "cost" in each}
    assert stated == COSTS
    assert faults_of(club) == []
    for each in club["benefits"]:
        each.pop("cost", None)
    assert club == PRESETS[COFFEE]


def test_a_document_without_benefits_stays_as_it_is() -> None:
    assert priced({"kind": "status"}) == {"kind": "status"}

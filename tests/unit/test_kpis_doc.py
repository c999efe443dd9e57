from deploy.kpis_doc import document
from services.feedback.domain.kpis.definitions import DEFINITIONS
from tests.paths import REPO_DIR


def test_documented_kpis_are_those_that_are_rolled_up() -> None:
    written = (REPO_DIR / "docs" / "kpis.md").read_text(encoding="utf-8")
    assert written == document(), "run make kpis-doc"


def test_every_kpi_is_documented_in_a_row_of_its_own() -> None:
    rows = [line for line in document().splitlines() if line.startswith("| `")]
    assert len(rows) == len(DEFINITIONS)

from deploy.features_doc import document
from services.scoring.domain.features import FEATURES
from services.scoring.domain.seen.habits import HABITS
from tests.paths import REPO_DIR


def test_documented_features_are_those_that_are_computed() -> None:
    written = (REPO_DIR / "docs" / "features.md").read_text(encoding="utf-8")
    assert written == document(), "run make features-doc"


def test_every_feature_has_one_row_of_six_cells() -> None:
    lines = [line.replace("\\|", "") for line in document().splitlines()]
    named = [
        line.split("`")[1] for line in lines if line.startswith("| `") and line.count("|") == 7
    ]
    assert named == [each.name for each in (*FEATURES, *HABITS)]

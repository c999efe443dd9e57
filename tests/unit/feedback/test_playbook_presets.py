import json
from pathlib import Path
from typing import Any

import pytest

from services.feedback.domain.care.laws import Known, faults_of, gaps_of
from services.feedback.usecases.care.finders import FINDERS
from shared.contracts.playbooks import PlaybookBody
from tests.paths import REPO_DIR

PRESETS = sorted((REPO_DIR / "services/feedback/presets/playbooks").glob("*.json"))
#: The value programme that every installation begins with.
KNOWN = Known(currency="CNY", tiers={"value": {"high", "mid", "low"}}, segments=(), offers=())


def document_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_presets_are_there() -> None:
    assert {path.stem for path in PRESETS} == {
        "birthday", "frequency-drop", "low-cost-channel", "mid-autumn", "new-customer-courtesy",
        "spring-festival", "vip-call-back", "win-back",
    }  # fmt: skip


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_preset_is_a_playbook_that_may_go_live(path: Path) -> None:
    body = PlaybookBody.model_validate(document_of(path))
    assert body.state == "draft"
    assert body.trigger.kind in FINDERS
    assert [*faults_of(document_of(path), KNOWN), *gaps_of(document_of(path))] == []


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_low_tiers_are_never_phoned_by_a_preset(path: Path) -> None:
    action = document_of(path)["action"]
    by_tier = action.get("channel_by_tier", {})
    reaches_low = "low" in document_of(path)["audience"].get("tiers", ["low"])
    assert not (reaches_low and by_tier.get("low", action["channel"]) == "phone")

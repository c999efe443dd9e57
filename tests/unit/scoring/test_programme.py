"""A value programme's document is read, or refused with the place of the fault."""

from typing import Any

import pytest

from services.scoring.domain.tiers.programme import VALUE_DOCUMENT, BadProgramme, value_programme


def test_default_programme_lists_tiers_by_rank() -> None:
    programme = value_programme("value", 3, VALUE_DOCUMENT)
    assert [(tier.key, tier.rank) for tier in programme.tiers] == [
        ("low", 0),
        ("mid", 1),
        ("high", 2),
    ]
    assert programme.fall_after_days == 2
    assert programme.entry.key == "low"


def _tiers(*changed: dict[str, Any]) -> dict[str, Any]:
    return {**VALUE_DOCUMENT, "tiers": list(changed)}


NAME = {"en": "A", "zh": "甲"}
TOP = {"key": "top", "name": NAME, "enter_share": 0.2, "leave_share": 0.3}
BASE = {"key": "base", "name": NAME}


@pytest.mark.parametrize(
    ("document", "place"),
    [
        pytest.param({}, "/tiers", id="no tiers"),
        pytest.param(_tiers(BASE), "/tiers", id="one tier"),
        pytest.param(_tiers(TOP, TOP), "/tiers/1", id="no tier for everybody"),
        pytest.param(_tiers(BASE, BASE), "/tiers/0", id="a class without shares"),
        pytest.param(
            _tiers({**TOP, "leave_share": 0.1}, BASE), "/tiers/0", id="left before entered"
        ),
        pytest.param(_tiers({**TOP, "enter_share": 0.0}, BASE), "/tiers/0", id="a class of nobody"),
        pytest.param(_tiers(TOP, {**TOP, "key": "b"}, BASE), "/tiers", id="equal shares"),
        pytest.param(_tiers(TOP, {**BASE, "key": "top"}), "/tiers", id="one key twice"),
        pytest.param(
            {**VALUE_DOCUMENT, "fall_after_days": 0}, "/fall_after_days", id="falls at once"
        ),
        pytest.param(
            {**VALUE_DOCUMENT, "fall_after_days": True}, "/fall_after_days", id="not a number"
        ),
    ],
)
def test_bad_document_names_the_place(document: dict[str, Any], place: str) -> None:
    with pytest.raises(BadProgramme, match=f"^{place}:"):
        value_programme("value", 1, document)

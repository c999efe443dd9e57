"""The engine and a slow second reading of the text tell the same timeline."""

from hypothesis import given, settings

from tests.property.status_oracle import lived
from tests.property.status_programmes import UNTIL, Life, lives, replay


@settings(max_examples=500, deadline=None)
@given(lives(qualification="track"))
def test_tracks_are_lived_as_the_text_says(life: Life) -> None:
    told = replay(life.programme, life.enrolled, life.moves)
    assert told == lived(life.programme, life.enrolled, life.moves, UNTIL)


@settings(max_examples=500, deadline=None)
@given(lives(qualification="ledger"))
def test_ledgers_are_kept_as_the_text_says(life: Life) -> None:
    told = replay(life.programme, life.enrolled, life.moves)
    assert told == lived(life.programme, life.enrolled, life.moves, UNTIL)

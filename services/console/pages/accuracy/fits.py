"""Whether the model in force still fits, said with how far off the level of money was."""

from typing import Final

from services.console.parts.pieces import Tone
from services.console.visiting.visit import Visit
from shared.contracts.overview import ModelInShort

_TONES: Final[dict[str, Tone]] = {"steady": "good", "watch": "warn", "alarm": "bad"}


def tone_of(drift: str | None, model: ModelInShort | None) -> Tone:
    """Choose a colour: green only where the level was held too."""
    tone = _TONES.get(drift or "", "plain")
    return "warn" if tone == "good" and model is not None and _is_off(model) else tone


def level_words(visit: Visit, model: ModelInShort | None) -> str:
    """Say how much more or less was spent than expected; nothing where that was close enough."""
    spent = None if model is None or not _is_off(model) else model.spent_per_expected
    if spent is None:
        return ""
    word = "level_more" if spent > 1 else "level_less"
    return visit.say(f"accuracy.{word}", share=visit.formats.percent(abs(spent - 1), digits=0))


def state_words(visit: Visit, model: ModelInShort) -> str:
    """Say in one line whether it fits."""
    state = visit.say_or(f"accuracy.state_{model.drift}", "")
    level = level_words(visit, model)
    return visit.say("accuracy.state_but", state=state, level=level) if state and level else state


def _is_off(model: ModelInShort) -> bool:
    return model.is_level_held is False

"""Slides for what is not there: a service away, or nothing to show yet."""

from typing import Final

from services.console.decks.data import DeckData
from services.console.decks.slide import Slide
from services.console.decks.voice import Voice

#: Who knows what: said on the slides that stay empty while they are away.
SERVICE_OF: Final = {
    "goal": "feedback",
    "tiers": "feedback",
    "lifecycle": "scoring",
    "concentration": "scoring",
    "segments": "scoring",
    "sources": "ingest",
    "completeness": "ingest",
    "model": "scoring",
    "gains": "scoring",
    "moves": "feedback",
    "satisfaction": "feedback",
    "cases": "feedback",
    "surveys": "feedback",
    "themes": "feedback",
    "growth": "feedback",
    "returns": "feedback",
    "risk": "feedback",
    "efforts": "feedback",
    "trials": "feedback",
    "next": "feedback",
    "kpis": "feedback",
    "revenue": "feedback",
    "loyalty": "feedback",
}


def without(key: str, data: DeckData, voice: Voice) -> Slide:
    """Say which service did not answer, else that there is nothing to show yet."""
    service = SERVICE_OF[key]
    topic = voice.say(f"topic_{key}")
    if service in data.away:
        title = voice.say("away_title", topic=topic)
        line = voice.say("away_line", service=voice.say(f"service_{service}"))
        return Slide(key, title, lines=(line,))
    return nothing(key, voice)


def nothing(key: str, voice: Voice) -> Slide:
    """Say that there is nothing yet, and what brings it about."""
    return Slide(key, voice.say(f"{key}_none"), lines=(voice.say(f"{key}_none_line"),))

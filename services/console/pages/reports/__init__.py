"""Reports: decks to take to a meeting, made now or by schedule."""

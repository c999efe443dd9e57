"""Reports: decks made in the background, kept for a while, and made again by schedule."""

"""Judges a model on days it has not seen, as a document and as a page."""

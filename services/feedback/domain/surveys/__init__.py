"""Surveys, decided purely: what may be asked, who sees which question, what an answer may be."""

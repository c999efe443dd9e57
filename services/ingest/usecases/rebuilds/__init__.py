"""Facts folded again from the log."""

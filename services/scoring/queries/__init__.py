"""Every SQL statement of scoring."""

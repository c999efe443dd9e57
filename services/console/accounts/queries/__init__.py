"""Every SQL statement about accounts."""

"""Cases: what service has to answer, by when, and how it went."""

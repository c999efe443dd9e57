"""What can keep Tierline from starting, said so that the reader knows what to do."""


class StartRefused(Exception):
    """Tierline cannot start here; the message says what to change."""

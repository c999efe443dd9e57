"""What can keep Tierline from starting, or its demo from being played, in words."""


class StartRefused(Exception):
    """Tierline cannot start here; the message says what to change."""


class NightFailed(Exception):
    """A night of the demo shop did not come to its end; the message says why."""

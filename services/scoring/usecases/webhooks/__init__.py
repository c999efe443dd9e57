"""Web hooks out: who listens, the courier who calls them, the post room that keeps the order."""

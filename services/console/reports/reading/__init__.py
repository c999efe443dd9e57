"""What a deck shows, asked of the services over HTTP."""

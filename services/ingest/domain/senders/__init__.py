"""Forms of web senders and platforms, read without the world."""

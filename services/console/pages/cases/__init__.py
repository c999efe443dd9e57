"""Cases and feedback: who waits for an answer, what they said, and what became of it."""

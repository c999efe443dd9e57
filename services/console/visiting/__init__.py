"""Who is here, what they may, and how they are spoken to."""

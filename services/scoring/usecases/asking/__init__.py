"""What people and systems ask of one customer or one model."""

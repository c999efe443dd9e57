"""What customers are offered, and how they answer."""

"""Programme reviews: what works badly, the figures that show it, and what to change."""

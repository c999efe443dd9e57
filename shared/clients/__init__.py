"""How services call each other: typed, bounded in time, honest about failure."""

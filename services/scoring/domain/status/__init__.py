"""Status programmes: how published rules turn entries into a tier, purely."""

"""Key figures: every KPI, what it means, how it went, what it should be."""

"""The overview: tiers and stages, flows, value, key figures, changes, freshness."""

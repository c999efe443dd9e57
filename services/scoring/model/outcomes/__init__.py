"""The other outcomes a model claims, each with its proof."""

"""Whether the live model still fits, and a challenger beside it."""
